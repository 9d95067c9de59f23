-- How are suspects (victims, …) distributed over ages?
-- Grain: one row per source, period, measure, region, crime type, sex and age band.
-- Bands that lie within another printed band are shares of the same base, and part_of names it.
-- cumulative_pct adds shares up from the youngest band; it is empty where a share or the bounds of
-- a band are unknown, where bands overlap, and after a gap that a missing band may fill.
-- Distributions compare with those of a year earlier only within one scheme of bands (age_scheme).
with base as (
    select
        *,
        array_to_string(
            list_transform(
                list_sort(
                    list_transform(
                        part_codes,
                        lambda band: struct_pack(
                            low := coalesce(try_cast(regexp_extract(band, '^[0-9]+') as integer), 999),
                            band := band
                        )
                    )
                ),
                lambda ranked: ranked.band
            ),
            ' '
        ) as age_scheme,
    from staging.breakdown_base
    where dimension = 'age_band'
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
        base.age_scheme,
        part.age_low is null and part.age_band <> 'unknown' as has_no_bounds,
    from staging.breakdown_part as part
    inner join base
        on
            part.source = base.source
            and part.period_start = base.period_start
            and part.period_end = base.period_end
            and part.root = base.root
            and part.released_on = base.released_on
            and part.complete_in is not distinct from base.complete_in
    where
        part.dimension = 'age_band'
        and part.root.others = ''
        -- A band that stands in another file is a step of the bands of this one too.
        and (part.is_standing or part.complete_in is not null)
),

ordered as (
    select
        *,
        bool_or(has_no_bounds) over distribution as is_unordered,
        max(coalesce(age_high, 999)) over younger as oldest_before,
    from share
    window
        distribution as (
            partition by source, period_start, period_end, root, whole_code, released_on, complete_in
        ),
        younger as (
            partition by source, period_start, period_end, root, whole_code, released_on, complete_in
            order by
                age_low asc nulls last, age_high asc nulls last
            rows between unbounded preceding and 1 preceding
        )
),

stepped as (
    select
        *,
        whole_code = 'total'
        and is_additive
        and age_low is not null
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
            partition by source, period_start, period_end, root, whole_code, released_on, complete_in
            order by
                age_low asc nulls last, age_high asc nulls last
            rows between unbounded preceding and current row
        )
),

cumulated as (
    select *
    from stepped
    where is_standing
),

period as (
    select distinct
        period_start,
        period_end,
        previous_period_start,
        previous_period_end,
    from staging.period_figure
),

scheme as (
    select
        source,
        period_start,
        period_end,
        root,
        min(age_scheme) as age_scheme,
    from cumulated
    group by all
),

broken as (
    select
        cumulated.source,
        cumulated.period_start,
        cumulated.period_end,
        cumulated.root,
        cumulated.age_band,
        arg_min(series_breaks.break_on::varchar || ' ' || series_breaks.note, series_breaks.break_on)
            as said,
    from cumulated
    inner join period
        on
            cumulated.period_start = period.period_start
            and cumulated.period_end = period.period_end
    inner join series_breaks
        on
            (series_breaks.source is null or cumulated.source = series_breaks.source)
            and (
                (series_breaks.dimension = 'crime_type' and cumulated.crime_type = series_breaks.code)
                or (series_breaks.dimension = 'age_band' and cumulated.age_band = series_breaks.code)
                or (series_breaks.dimension = 'region' and cumulated.region = series_breaks.code)
                or (series_breaks.dimension = 'measure' and cumulated.measure = series_breaks.code)
            )
            and period.previous_period_start < series_breaks.break_on
            and cumulated.period_end >= series_breaks.break_on
    group by all
),

compared as (
    select
        cumulated.*,
        previous.value as previous_value,
        previous.share_pct as previous_share_pct,
        case
            when cumulated.value is null then 'no figure for this period'
            when broken.said is not null then 'the series breaks: ' || broken.said
            when scheme.age_scheme is null then 'no ages for the period a year earlier'
            when previous.age_scheme is null and scheme.age_scheme <> cumulated.age_scheme
                then 'other age bands a year earlier: ' || scheme.age_scheme
            when previous.value is null then 'no figure for the period a year earlier'
            when cumulated.share_pct is null then 'no base for a share'
            when previous.share_pct is null then 'no base for a share a year earlier'
        end as no_change_reason,
    from cumulated
    inner join period
        on
            cumulated.period_start = period.period_start
            and cumulated.period_end = period.period_end
    left join scheme
        on
            cumulated.source = scheme.source
            and cumulated.root = scheme.root
            and period.previous_period_start = scheme.period_start
            and period.previous_period_end = scheme.period_end
    left join cumulated as previous
        on
            cumulated.source = previous.source
            and cumulated.root = previous.root
            and cumulated.age_band = previous.age_band
            and cumulated.age_scheme = previous.age_scheme
            and period.previous_period_start = previous.period_start
            and period.previous_period_end = previous.period_end
    left join broken
        on
            cumulated.source = broken.source
            and cumulated.root = broken.root
            and cumulated.age_band = broken.age_band
            and cumulated.period_start = broken.period_start
            and cumulated.period_end = broken.period_end
)

select
    compared.source,
    compared.period_start,
    compared.period_end,
    compared.measure,
    compared.region,
    compared.crime_type,
    compared.age_band,
    compared.age_low,
    compared.age_high,
    compared.sex,
    compared.value,
    compared.base_value,
    case
        when sources.kind = 'records' and compared.base_kind = 'published_total' then 'counted_total'
        else compared.base_kind
    end as base_kind,
    compared.share_pct,
    compared.published_share_pct::double as published_share_pct,
    compared.implied_base_low,
    compared.implied_base_high,
    compared.export_id,
    case when compared.can_cumulate then compared.sum_of_shares end as cumulative_pct,
    compared.age_scheme,
    nullif(compared.whole_code, 'total') as part_of,
    compared.previous_value,
    compared.previous_share_pct,
    case
        when compared.no_change_reason is null then compared.share_pct - compared.previous_share_pct
    end as share_change_pp,
    compared.no_change_reason,
    case
        when sources.kind = 'records' and compared.value_origin = 'published' then 'counted'
        else compared.value_origin
    end as value_origin,
    compared.released_on,
    compared.value_status,
    compared.published_value,
    compared.is_corrected,
    compared.is_provisional,
    compared.source_file,
    compared.source_row,
    compared.source_column,
    compared.is_additive,
    coalesce(sources.is_simulated, false) as is_simulated,
from compared
left join sources
    on compared.source = sources.source
order by
    compared.source, compared.period_start, compared.period_end, compared.measure, compared.region,
    compared.crime_type, compared.sex, compared.age_low nulls last, compared.age_band = 'unknown',
    case when compared.age_low is null then compared.source_row end, compared.age_band
