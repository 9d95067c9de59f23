-- Which codes each export uses, under which labels, and what each is a part of there.
select
    cast(source as varchar) as source,
    cast(source_file as varchar) as source_file,
    cast(export_id as varchar) as export_id,
    cast(dimension as varchar) as dimension,
    cast(code as varchar) as code,
    cast(label as varchar) as label,
    cast(whole_code as varchar) as whole_code,
    cast(measure as varchar) as measure,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(cast(rolls_up_to as json) as varchar[]) as rolls_up_to,
from input_export_codes
order by source, source_file, export_id, dimension, code
