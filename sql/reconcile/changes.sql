-- Every published figure that stands, with its printed change, of sources that print changes; the first nine
-- columns say which figure.
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    other_dimensions,
    published_value,
    published_change_pct,
    export_id,
from staging.observation_current
qualify count(published_change_pct) over (partition by source) > 0
