-- How has each total changed on the same period a year earlier, and where there is no change, why?
select
    source,
    measure,
    period_start,
    period_end,
    previous_value,
    value,
    change,
    change_pct,
    published_change_pct,
    no_change_reason,
from arrest_trends
where crime_type = 'total' and region = 'total'
order by source asc, measure asc, period_start desc
