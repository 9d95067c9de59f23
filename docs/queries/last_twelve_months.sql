-- How many cases in the twelve months up to each month, and how has that changed?
select
    source,
    measure,
    period_end,
    value,
    previous_value,
    change_pct,
    no_change_reason,
from rolling_twelve_months
where crime_type = 'total' and region = 'total'
order by source asc, measure asc, period_end desc
