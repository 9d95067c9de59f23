-- How many rows a Parquet file says that it has, without reading them.

select cast(num_rows as bigint) as row_count
from parquet_file_metadata($parquet)
