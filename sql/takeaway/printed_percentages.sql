-- With which digits are the percentages printed that stand today? 35 and 35.0 were rounded differently.
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    published_share_pct,
    published_change_pct,
from staging.observation_current
where
    other_dimensions is null
    and (published_share_pct is not null or published_change_pct is not null)
