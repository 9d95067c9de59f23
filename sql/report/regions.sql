-- The largest regions in the latest period of each source and measure, outermost only: one row per region.
with inner_regions as (
    select distinct
        source,
        code,
    from export_codes
    where dimension = 'region' and whole_code <> 'total'
),

latest as (
    select *
    from arrest_trends
    where
        crime_type = 'total'
        and region <> 'total'
        and value is not null
        and (source, region) not in (select (inner_regions.source, inner_regions.code) from inner_regions)
    qualify
        period_end = max(period_end) over (partition by source, measure)
        and period_start = min(period_start) over (partition by source, measure, period_end)
)

select
    source,
    measure,
    period_start,
    period_end,
    region,
    value,
    previous_value,
    change_pct,
    region_contribution_pp,
    no_change_reason,
    is_additive,
    is_corrected,
    is_provisional,
    released_on,
    source_file,
    count(*) over (partition by source, measure) as found,
from latest
qualify row_number() over (partition by source, measure order by value desc, region asc) <= $rows
order by source asc, measure asc, value desc, region asc
