-- Which sources are here, who publishes them, under which terms, and which periods do they cover?
select
    sources.source,
    sources.title,
    sources.publisher,
    sources.licence,
    sources.is_simulated,
    count(exports.export_id) as files,
    min(exports.period_start) as first_day,
    max(exports.period_end) as last_day,
    max(exports.released_on) as last_release,
from sources
left join exports
    on sources.source = exports.source and exports.is_published
group by all
order by sources.source
