-- The parts of every current breakdown that is published, largest first (those of records add up by
-- construction); the first columns say which breakdown.
select
    dimension,
    source,
    period_start,
    period_end,
    root.measure as root_measure,
    root.region as root_region,
    root.sex as root_sex,
    root.crime_type as root_crime_type,
    root.age_band as root_age_band,
    root.others as root_others,
    released_on,
    complete_in,
    whole_code,
    part_code,
    published_value,
    value_status,
    value_origin,
    published_share_pct,
    export_id,
from staging.breakdown_part
where
    is_current
    and source not in (
        select sources.source from sources
        where sources.kind = 'records'
    )
order by published_value desc nulls last, part_code asc
