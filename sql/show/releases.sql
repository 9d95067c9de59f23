-- The releases of each source with the exports that each holds, for `caseload status`.
select
    source,
    released_on,
    count(*) filter (where is_published) as exports_published,
    count(*) filter (where status = 'quarantined') as exports_quarantined,
    sum(observations) filter (where is_published) as observations,
    min(period_start) as period_start,
    max(period_end) as period_end,
from exports
group by source, released_on
order by source asc, released_on desc
limit $rows
