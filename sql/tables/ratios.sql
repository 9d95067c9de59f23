-- Which measures an export gives as percentages of others.
select
    cast(source as varchar) as source,
    cast(source_file as varchar) as source_file,
    cast(export_id as varchar) as export_id,
    cast(measure as varchar) as measure,
    cast(of_measure as varchar) as of_measure,
from input_ratios
order by source, source_file, export_id, measure
