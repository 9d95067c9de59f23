-- What the latest period of a source says of ages: the bands of all types together, with their figures.
select
    age_band as code,
    age_low,
    age_high,
    value,
from age_distributions
where
    source = $source
    and part_of is null
    and crime_type = 'total'
    and value > 0
    and not is_simulated
    and (age_low is not null or age_band = 'unknown')
qualify
    dense_rank() over (
        order by
            period_end desc,
            period_start asc,
            measure asc,
            region = 'total' desc,
            region asc,
            sex = 'total' desc,
            sex asc
    ) = 1
order by age_low asc, age_band asc
