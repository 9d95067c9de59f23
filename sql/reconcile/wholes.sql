-- The printed total of every breakdown; the first ten columns say which breakdown.
select
    dimension,
    source,
    period_start,
    period_end,
    measure,
    region,
    sex,
    other_dimensions,
    whole_crime_type,
    whole_age_band,
    published_total,
    is_exhaustive,
from staging.breakdown_base
