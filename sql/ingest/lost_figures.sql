-- Figures that a file gave before and that its new content, of the same release, no longer gives.
with before as (
    select *
    from read_parquet($before)
),

after as (
    select *
    from read_parquet($after)
)

select
    before.source_row,
    before.source_column,
    before.value,
    before.measure,
    before.crime_type,
    before.age_band,
    before.sex,
    before.region,
    before.period_start,
    before.period_end,
from before
where
    not exists (
        select 1
        from after
        where
            before.period_start = after.period_start
            and before.period_end = after.period_end
            and before.measure = after.measure
            and before.crime_type = after.crime_type
            and before.age_band = after.age_band
            and before.sex = after.sex
            and before.region = after.region
            and before.other_dimensions is not distinct from after.other_dimensions
    )
order by before.source_row, before.source_column
