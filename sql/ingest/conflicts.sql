-- Figures that two files of one release of a source give with different values: one row per pair
-- of rows, in both directions; ``file`` is the one whose row is named.
with figure as (
    select *
    from read_parquet($readings)
)

select
    mine.source_file as file,
    mine.source_row,
    mine.source_column,
    mine.value,
    mine.measure,
    mine.crime_type,
    mine.age_band,
    mine.sex,
    mine.region,
    theirs.source_file as other_file,
    theirs.source_row as other_row,
    theirs.value as other_value,
from figure as mine
inner join figure as theirs
    on
        mine.source = theirs.source
        and mine.released_on = theirs.released_on
        and mine.period_start = theirs.period_start
        and mine.period_end = theirs.period_end
        and mine.measure = theirs.measure
        and mine.crime_type = theirs.crime_type
        and mine.age_band = theirs.age_band
        and mine.sex = theirs.sex
        and mine.region = theirs.region
        and mine.other_dimensions is not distinct from theirs.other_dimensions
where
    mine.source_file <> theirs.source_file
    and mine.value <> theirs.value
order by mine.source_file, mine.source_row
