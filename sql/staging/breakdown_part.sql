-- Every figure that is a part of a breakdown, once for each dimension that it is a part along.
-- A figure for deepfakes and ages 10-19 is a part along crime_type (of all crime at that age) and
-- a part along age_band (of all deepfakes). whole_… is the key of the total that it is a part of.
-- Parts belong together if they are of one release, and, where an export says that its parts are
-- all there is, of that export (complete_in).
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
),

age as (
    select
        code,
        age_low,
        age_high,
    from codes
    where dimension = 'age_band'
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
    part.released_on,
    case when breakdown.totals in ('none', 'printed') then part.source_file end as complete_in,
    part.part_code,
    age.age_low,
    age.age_high,
    part.crime_type,
    part.age_band,
    part.export_id,
    part.value,
    part.value_status,
    part.is_provisional,
    part.source_file,
    part.source_row,
    part.source_column,
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
        and part.source_file = breakdown.source_file
        and part.export_id = breakdown.export_id
        and part.dimension = breakdown.dimension
left join implied_bases as implied_base
    on
        breakdown.has_published_shares
        and part.value = implied_base.value
        and part.published_share_pct = implied_base.published_share_pct
left join age
    on part.dimension = 'age_band' and part.part_code = age.code
