-- A staged export without some of its rows.
select * exclude (file_row_number)
from read_parquet($parquet, file_row_number = true)
where file_row_number not in (select unnest($rows))
