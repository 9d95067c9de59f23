-- Files of one release never give two values for one figure.
select
    source,
    released_on,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    other_dimensions,
    min(value) as least,
    max(value) as greatest,
from observation
group by
    source, released_on, period_start, period_end, measure, crime_type, age_band, sex, region,
    other_dimensions
having min(value) <> max(value)
