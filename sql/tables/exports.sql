-- What became of every export that was received.
select
    cast(source as varchar) as source,
    cast(export_id as varchar) as export_id,
    cast(source_file as varchar) as source_file,
    cast(released_on as date) as released_on,
    cast(status as varchar) as status,
    cast(is_published as boolean) as is_published,
    cast(reason as varchar) as reason,
    cast(table_name as varchar) as table_name,
    cast(encoding as varchar) as encoding,
    cast(bytes as bigint) as bytes,
    cast(rows_received as bigint) as rows_received,
    cast(rows_accepted as bigint) as rows_accepted,
    cast(rows_rejected as bigint) as rows_rejected,
    cast(rows_ignored as bigint) as rows_ignored,
    cast(observations as bigint) as observations,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(sha256 as varchar) as sha256,
    cast(contract_sha256 as varchar) as contract_sha256,
    cast(reading_id as varchar) as reading_id,
from input_exports
order by source, source_file, is_published
