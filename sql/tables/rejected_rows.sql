-- What was kept out of the marts, with its address and the reason.
select
    source,
    export_id,
    source_file,
    source_row,
    source_column,
    value,
    rule,
    reason,
    next_step,
    raw_row,
    reading_id,
from read_parquet($readings)
order by source, source_file, source_row nulls first, source_column
