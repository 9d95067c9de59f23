-- The largest revisions of totals by the latest release of each source: one row per figure.
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    old_value,
    new_value,
    difference_pct,
    old_released_on,
    new_released_on,
    new_source_file as source_file,
    new_source_row as source_row,
    new_source_column as source_column,
    count(*) over (partition by source) as found,
from revisions
where kind = 'revised'
qualify
    new_released_on = max(new_released_on) over (partition by source)
    and row_number() over (
        partition by source
        order by
            abs(difference_pct) desc nulls last,
            abs(difference) desc,
            period_end desc,
            measure asc,
            crime_type asc,
            age_band asc,
            sex asc,
            region asc
    ) <= $rows
order by
    source asc,
    abs(difference_pct) desc nulls last,
    abs(difference) desc,
    period_end desc,
    measure asc,
    crime_type asc,
    age_band asc,
    sex asc,
    region asc
