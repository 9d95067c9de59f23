-- The printed total and the sum of the parts of every breakdown; the first twelve columns say which
-- breakdown.
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
    released_on,
    complete_in,
    published_total,
    is_exhaustive,
    sum_of_parts,
from staging.breakdown_base
