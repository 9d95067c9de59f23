-- By which dimensions each export breaks its figures down, and what its contract says of them.
select
    cast(source as varchar) as source,
    cast(source_file as varchar) as source_file,
    cast(export_id as varchar) as export_id,
    cast(dimension as varchar) as dimension,
    cast(measure as varchar) as measure,
    cast(totals as varchar) as totals,
    cast(has_published_shares as boolean) as has_published_shares,
from input_breakdowns
order by source, source_file, export_id, dimension, measure
