-- Which totals would an analyst have seen on 1 January 2020, and which does the warehouse give today?
select
    today.source,
    today.measure,
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
where today.crime_type = 'total' and today.region = 'total'
order by today.source asc, today.measure asc, today.period_start desc
