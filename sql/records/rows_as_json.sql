-- Some rows of a Parquet export as they were received.
select
    received.file_row_number,
    cast(to_json(received) as varchar) as said,
from read_parquet($parquet, file_row_number = true) as received
where received.file_row_number in (select unnest($rows))
