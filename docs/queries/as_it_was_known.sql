-- Which totals would an analyst have seen on 1 January 2020, and which does the warehouse give today?
-- Where no total of all regions or types of crime is published, each region or type.
select
    today.source,
    today.measure,
    today.crime_type,
    today.region,
    today.period_start,
    today.period_end,
    known.value as known_then,
    today.value as known_today,
    known.released_on as released_then,
    today.released_on as released_today,
from arrest_trends as today
left join arrest_trends_as_of(date '2020-01-01') as known
    on
        today.source = known.source
        and today.measure = known.measure
        and today.period_start = known.period_start
        and today.period_end = known.period_end
        and today.crime_type = known.crime_type
        and today.region = known.region
qualify
    (
        today.crime_type = 'total'
        or not bool_or(today.crime_type = 'total') over (
            partition by today.source, today.measure, today.period_start, today.period_end
        )
    )
    and (
        today.region = 'total'
        or not bool_or(today.region = 'total') over (
            partition by today.source, today.measure, today.period_start, today.period_end
        )
    )
order by
    today.source asc, today.measure asc, today.crime_type asc, today.region asc,
    today.period_start desc, today.period_end desc
