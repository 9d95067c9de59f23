-- How are suspects (victims, …) distributed over ages?
-- Grain: one row per source, period, measure, region, crime type, sex and age band.
-- cumulative_pct adds shares up from the youngest band; it is empty where a share is unknown, for
-- the band of unknown ages, and where bands overlap.
with figure as (
    select *
    from staging.observation_current
    where age_band <> 'total' and other_dimensions is null
),

age as (
    select
        code as age_band,
        age_low,
        age_high,
    from codes
    where dimension = 'age_band'
),

part as (
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
        figure.*,
        age.age_low,
        age.age_high,
        base.base_value,
        base.base_kind,
        100.0 * figure.value::double / nullif(base.base_value, 0) as share_pct,
        part.published_share_pct::double as part_published_share_pct,
        base.implied_base_low,
        base.implied_base_high,
    from figure
    inner join base
        on
            figure.source = base.source
            and figure.period_start = base.period_start
            and figure.period_end = base.period_end
            and figure.measure = base.measure
            and figure.region = base.region
            and figure.sex = base.sex
            and figure.crime_type = base.whole_crime_type
    inner join part
        on
            figure.source = part.source
            and figure.period_start = part.period_start
            and figure.period_end = part.period_end
            and figure.measure = part.measure
            and figure.region = part.region
            and figure.sex = part.sex
            and figure.crime_type = part.whole_crime_type
            and figure.age_band = part.part_code
    left join age on figure.age_band = age.age_band
),

ordered as (
    select
        *,
        max(coalesce(age_high, 999)) over younger >= age_low as is_overlapping,
    from share
    window
        younger as (
            partition by source, period_start, period_end, measure, region, crime_type, sex
            order by age_low asc nulls last
            rows between unbounded preceding and 1 preceding
        )
),

cumulated as (
    select
        *,
        age_low is not null
        and count(share_pct) over band_and_younger = count(*) over band_and_younger
        and not coalesce(bool_or(is_overlapping) over band_and_younger, false) as can_cumulate,
        sum(share_pct) over band_and_younger as sum_of_shares,
    from ordered
    window
        band_and_younger as (
            partition by source, period_start, period_end, measure, region, crime_type, sex
            order by age_low asc nulls last
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
    part_published_share_pct as published_share_pct,
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
