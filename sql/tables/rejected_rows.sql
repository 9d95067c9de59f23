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
    case
        when is_record_level and raw_row is not null then 'kept in the store; records are not published'
        else raw_row
    end as raw_row,
    reading_id,
from read_parquet($readings)
order by source, source_file, source_row nulls first, source_column
