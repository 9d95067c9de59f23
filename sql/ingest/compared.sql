-- Every figure of an earlier and of a later version of the same table, side by side; what only one of
-- them gives has no row on the other side.
with earlier as (
    select
        *,
        coalesce(other_dimensions, '') as others,
    from read_parquet($before)
),

later as (
    select
        *,
        coalesce(other_dimensions, '') as others,
    from read_parquet($after)
)

select
    coalesce(later.period_start, earlier.period_start) as period_start,
    coalesce(later.period_end, earlier.period_end) as period_end,
    coalesce(later.measure, earlier.measure) as measure,
    coalesce(later.crime_type, earlier.crime_type) as crime_type,
    coalesce(later.age_band, earlier.age_band) as age_band,
    coalesce(later.sex, earlier.sex) as sex,
    coalesce(later.region, earlier.region) as region,
    coalesce(later.others, earlier.others) as other_dimensions,
    earlier.value as old_value,
    later.value as new_value,
    earlier.value_status as old_status,
    later.value_status as new_status,
    later.source_file,
    later.source_row,
    later.source_column,
from earlier
full join later
    on
        earlier.period_start = later.period_start
        and earlier.period_end = later.period_end
        and earlier.measure = later.measure
        and earlier.crime_type = later.crime_type
        and earlier.age_band = later.age_band
        and earlier.sex = later.sex
        and earlier.region = later.region
        and earlier.others = later.others
order by
    period_start, period_end, measure, crime_type, age_band, sex, region, other_dimensions, old_value,
    new_value
