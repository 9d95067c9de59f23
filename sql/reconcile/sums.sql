-- Sums of parts that are the same figure by two breakdowns of one source: in different tables, or along
-- different dimensions of one.
select
    mine.source,
    mine.period_start,
    mine.period_end,
    mine.measure,
    mine.crime_type,
    mine.age_band,
    mine.sex,
    mine.region,
    mine.other_dimensions,
    mine.own_total as published_value,
    theirs.own_total as their_value,
    replace(mine.along, '_', ' ') as along,
    replace(theirs.along, '_', ' ') as their_along,
    mine.source_file,
    theirs.source_file as their_file,
    mine.export_id,
from staging.part_sum as mine
inner join staging.part_sum as theirs
    on
        mine.source = theirs.source
        and mine.period_start = theirs.period_start
        and mine.period_end = theirs.period_end
        and mine.measure = theirs.measure
        and mine.crime_type = theirs.crime_type
        and mine.age_band = theirs.age_band
        and mine.sex = theirs.sex
        and mine.region = theirs.region
        and mine.other_dimensions is not distinct from theirs.other_dimensions
where
    mine.is_current
    and theirs.is_current
    and (mine.table_name, mine.along) < (theirs.table_name, theirs.along)
    and (mine.table_name <> theirs.table_name or mine.source_file = theirs.source_file)
    and mine.own_total is not null
    and theirs.own_total is not null
