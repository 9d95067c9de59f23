-- The waist: one row per published (or counted) number; every release is kept.
select
    source,
    export_id,
    released_on,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    value,
    value_status,
    published_share_pct,
    published_change_pct,
    is_provisional,
    source_file,
    source_row,
    source_column,
    other_dimensions,
from read_parquet($readings)
order by source, released_on, source_file, source_row, source_column, period_start
