-- Every figure that is a part of a breakdown, once for each dimension that it is a part along.
-- A figure for deepfakes and ages 10-19 is a part along crime_type (of all crime at that age) and
-- a part along age_band (of all deepfakes). whole_… is the key of the total that it is a part of.
with current_figure as (
    select *
    from staging.observation_current
),

part as (
    select
        *,
        'crime_type' as dimension,
        crime_type as part_code,
        'total' as whole_crime_type,
        age_band as whole_age_band,
    from current_figure
    where crime_type <> 'total'
    union all by name
    select
        *,
        'age_band' as dimension,
        age_band as part_code,
        crime_type as whole_crime_type,
        'total' as whole_age_band,
    from current_figure
    where age_band <> 'total'
)

select
    part.dimension,
    part.source,
    part.period_start,
    part.period_end,
    part.measure,
    part.region,
    part.sex,
    part.other_dimensions,
    part.whole_crime_type,
    part.whole_age_band,
    part.part_code,
    part.export_id,
    part.released_on,
    part.value,
    part.value_status,
    breakdown.totals,
    -- A percentage is a share along one dimension only, the one that its contract names.
    case when breakdown.has_published_shares then part.published_share_pct end
        as published_share_pct,
    implied_base.base_low,
    implied_base.base_high,
from part
inner join breakdowns as breakdown
    on
        part.source = breakdown.source
        and part.export_id = breakdown.export_id
        and part.dimension = breakdown.dimension
left join implied_bases as implied_base
    on
        breakdown.has_published_shares
        and part.value = implied_base.value
        and part.published_share_pct = implied_base.published_share_pct
