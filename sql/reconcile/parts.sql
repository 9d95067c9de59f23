-- The parts of every breakdown, largest first; the first twelve columns say which breakdown.
select
    dimension,
    source,
    period_start,
    period_end,
    measure,
    region,
    sex,
    other_dimensions,
    whole_crime_type,
    whole_age_band,
    released_on,
    complete_in,
    part_code,
    value,
    published_share_pct,
    export_id,
from staging.breakdown_part
order by value desc nulls last, part_code asc
