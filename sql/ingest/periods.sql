-- The periods that each of some readings gives figures of, by the path of its Parquet file.
select distinct
    filename,
    period_start,
    period_end,
from read_parquet($readings, filename = true)
order by filename, period_start, period_end
