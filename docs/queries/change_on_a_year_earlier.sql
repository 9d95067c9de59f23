-- How has each total changed on the same period a year earlier, and where there is no change, why?
-- Where no total of all regions or types of crime is published, each region or type.
select
    source,
    measure,
    crime_type,
    region,
    period_start,
    period_end,
    previous_value,
    value,
    change,
    change_pct,
    published_change_pct,
    no_change_reason,
from arrest_trends
qualify
    (
        crime_type = 'total'
        or not bool_or(crime_type = 'total') over (
            partition by source, measure, period_start, period_end
        )
    )
    and (
        region = 'total'
        or not bool_or(region = 'total') over (
            partition by source, measure, period_start, period_end
        )
    )
order by
    source asc, measure asc, crime_type asc, region asc, period_start desc, period_end desc
