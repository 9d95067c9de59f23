-- Which figure stands today: one row per source, period, measure and dimensions, that of the
-- latest release. Within one release the same figure may stand in two files; any one is as good,
-- since files that disagree are not published together.
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
from observation
qualify
    row_number() over (
        partition by
            source, period_start, period_end, measure, crime_type, age_band, sex, region,
            other_dimensions
        order by
            released_on desc, source_file asc, source_row asc
    ) = 1
