-- Every source with its releases, for the report: one row per source.
with releases as (
    select
        source,
        max(released_on) as released_on,
        min(period_start) filter (where is_published) as period_start,
        max(period_end) filter (where is_published) as period_end,
        count(distinct released_on) filter (where is_published) as releases,
        count(*) filter (where is_published) as exports,
        sum(rows_rejected) as rows_rejected,
        coalesce(sum(observations) filter (where is_published), 0) as observations,
    from exports
    group by source
)

select
    sources.*,
    releases.released_on,
    releases.period_start,
    releases.period_end,
    releases.releases,
    releases.exports,
    releases.rows_rejected,
    releases.observations,
from sources
inner join releases on sources.source = releases.source
order by sources.is_simulated asc, sources.source asc
