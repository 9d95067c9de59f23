-- Cumulative figures in the order of their ends, with the figure before.
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
    lag(published_value) over year_to_date as before_value,
    lag(period_end) over year_to_date as before_end,
    export_id,
from staging.observation_current
where is_cumulative and published_value is not null
window
    year_to_date as (
        partition by
            source, table_name, period_start, measure, crime_type, age_band, sex, region,
            other_dimensions
        order by period_end
    )
