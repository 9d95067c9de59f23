-- Every figure that stands today, with its printed change; the first nine columns say which figure.
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
    value,
    published_change_pct,
    export_id,
from staging.observation_current
