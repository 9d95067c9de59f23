-- What each measure of a record-level export counts, and whether its figures add up.
select
    cast(source as varchar) as source,
    cast(source_file as varchar) as source_file,
    cast(export_id as varchar) as export_id,
    cast(measure as varchar) as measure,
    cast(definition as varchar) as definition,
    cast(is_additive as boolean) as is_additive,
from input_record_measures
order by source, source_file, export_id, measure
