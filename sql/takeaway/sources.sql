-- Where do the figures come from: every source with what it covers and its latest release?
select
    sources.source,
    sources.title,
    sources.publisher,
    sources.licence,
    sources.homepage,
    sources.notes,
    sources.is_simulated,
    min(exports.period_start) as period_start,
    max(exports.period_end) as period_end,
    max(exports.released_on) as released_on,
from sources
left join exports
    on sources.source = exports.source and exports.is_published
group by all
order by sources.source
