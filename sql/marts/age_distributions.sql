-- How are suspects (victims, …) distributed over ages?
-- Grain: one row per source, period, measure, region, crime type, sex and age band.
-- cumulative_pct adds shares up from the youngest band; it is empty where a share or the bounds of
-- a band are unknown, where bands overlap, and after a gap that a missing band may fill.
with part as (
    select *
    from staging.breakdown_part
    where dimension = 'age_band' and other_dimensions is null
),

base as (
    select *
    from staging.breakdown_base
    where dimension = 'age_band' and other_dimensions is null
),

share as (
    select
        part.*,
        base.base_value,
        base.base_kind,
        base.is_exhaustive,
        100.0 * part.value::double / nullif(base.base_value, 0) as share_pct,
        base.implied_base_low,
        base.implied_base_high,
        part.age_low is null and part.age_band <> 'unknown' as has_no_bounds,
    from part
    inner join base
        on
            part.source = base.source
            and part.period_start = base.period_start
            and part.period_end = base.period_end
            and part.measure = base.measure
            and part.region = base.region
            and part.sex = base.sex
            and part.crime_type = base.whole_crime_type
            and part.released_on = base.released_on
            and part.complete_in is not distinct from base.complete_in
),

ordered as (
    select
        *,
        bool_or(has_no_bounds) over distribution as is_unordered,
        max(coalesce(age_high, 999)) over younger as oldest_before,
    from share
    window
        distribution as (
            partition by
                source, period_start, period_end, measure, region, crime_type, sex, released_on,
                complete_in
        ),
        younger as (
            partition by
                source, period_start, period_end, measure, region, crime_type, sex, released_on,
                complete_in
            order by
                age_low asc nulls last, age_high asc nulls last
            rows between unbounded preceding and 1 preceding
        )
),

cumulated as (
    select
        *,
        age_low is not null
        and not is_unordered
        and count(share_pct) over band_and_younger = count(*) over band_and_younger
        and not coalesce(
            bool_or(
                oldest_before >= age_low or (not is_exhaustive and oldest_before + 1 < age_low)
            ) over band_and_younger,
            false
        ) as can_cumulate,
        sum(share_pct) over band_and_younger as sum_of_shares,
    from ordered
    window
        band_and_younger as (
            partition by
                source, period_start, period_end, measure, region, crime_type, sex, released_on,
                complete_in
            order by
                age_low asc nulls last, age_high asc nulls last
            rows between unbounded preceding and current row
        )
)

select
    source,
    period_start,
    period_end,
    measure,
    region,
    crime_type,
    age_band,
    age_low,
    age_high,
    sex,
    value,
    base_value,
    base_kind,
    share_pct,
    published_share_pct::double as published_share_pct,
    implied_base_low,
    implied_base_high,
    export_id,
    case when can_cumulate then sum_of_shares end as cumulative_pct,
    released_on,
    value_status,
    is_provisional,
    source_file,
    source_row,
    source_column,
from cumulated
order by
    source, period_start, period_end, measure, region, crime_type, sex, age_low nulls last, age_band
