-- The printed total of every current breakdown, and whether its parts are all there is; the first
-- columns say which breakdown.
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
    printed_total,
    is_exhaustive,
    sum_of_parts is null as do_parts_overlap,
from staging.breakdown_base
where source not in (
    select sources.source from sources
    where sources.kind = 'records'
)
