-- Suspects and how many of them were detained, in the latest period of a source that has both.
select
    detained.value as detained,
    suspects.value as suspects,
from arrest_trends as detained
inner join arrest_trends as suspects
    on
        detained.source = suspects.source
        and detained.period_start = suspects.period_start
        and detained.period_end = suspects.period_end
        and detained.crime_type = suspects.crime_type
        and detained.region = suspects.region
where
    detained.source = $source
    and detained.measure = 'suspects_detained'
    and suspects.measure = 'suspects'
    and detained.crime_type = 'total'
    and detained.region = 'total'
    and detained.value > 0
    and suspects.value > 0
order by detained.period_end desc
limit 1
