-- How many cases in the twelve months up to each month, and how has that changed? Of all regions and
-- types of crime together, or, where no such figure is published, of each.
select
    source,
    measure,
    crime_type,
    region,
    period_end,
    value,
    previous_value,
    change_pct,
    no_change_reason,
from rolling_twelve_months
qualify
    (
        crime_type = 'total'
        or not bool_or(crime_type = 'total') over (partition by source, measure, period_end)
    )
    and (
        region = 'total'
        or not bool_or(region = 'total') over (partition by source, measure, period_end)
    )
order by source asc, measure asc, crime_type asc, region asc, period_end desc
