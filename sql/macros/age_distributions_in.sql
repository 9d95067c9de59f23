-- Every age distribution regrouped into the bands that are asked for, such as
-- age_distributions_in(['0-17', '18-29', '30+']), where its own bands add up to them exactly: a band
-- that one of its own straddles, or that it leaves years of, has no value and a reason.
-- Grain: one row per distribution (source, period, measure, region, crime type, sex, export) and band.
with wanted as (
    select
        asked.age_band,
        try_cast(regexp_extract(asked.age_band, '^([0-9]+)(-[0-9]+|[+])$', 1) as integer) as age_low,
        coalesce(
            try_cast(nullif(regexp_extract(asked.age_band, '^[0-9]+-([0-9]+)$', 1), '') as integer), 999
        ) as age_high,
    from unnest(bands) as asked (age_band)
),

part as (
    select
        *,
        coalesce(age_high, 999) as last_year,
        struct_pack(
            source := source,
            period_start := period_start,
            period_end := period_end,
            measure := measure,
            region := region,
            crime_type := crime_type,
            sex := sex,
            export_id := export_id,
            source_file := source_file
        ) as distribution,
    from age_distributions
    where is_additive
),

-- Bands that hold no other: those that are added up.
finest as (
    select part.*
    from part
    where
        not exists (
            select 1
            from part as inner_part
            where
                inner_part.distribution = part.distribution
                and inner_part.part_of = part.age_band
        )
),

summed as (
    select
        finest.distribution,
        wanted.age_band,
        wanted.age_low,
        wanted.age_high,
        any_value(finest.age_scheme) as age_scheme,
        max(finest.base_value) as base_value,
        bool_and(finest.base_value is not null) as has_base,
        cast(
            sum(finest.value) filter (
                finest.age_low >= wanted.age_low and finest.last_year <= wanted.age_high
            ) as bigint
        ) as total,
        coalesce(
            bool_and(finest.value is not null) filter (
                finest.age_low >= wanted.age_low and finest.last_year <= wanted.age_high
            ), false
        ) as all_known,
        sum(finest.last_year - finest.age_low + 1) filter (
            finest.age_low >= wanted.age_low and finest.last_year <= wanted.age_high
        ) as years,
        len(list_distinct(flatten(list(range(finest.age_low, finest.last_year + 1)) filter (
            finest.age_low >= wanted.age_low and finest.last_year <= wanted.age_high
        )))) as distinct_years,
        string_agg(finest.age_band, ', ' order by finest.age_low) filter (
            finest.age_low <= wanted.age_high
            and finest.last_year >= wanted.age_low
            and (finest.age_low < wanted.age_low or finest.last_year > wanted.age_high)
        ) as straddling,
    from finest
    cross join wanted
    group by finest.distribution, wanted.age_band, wanted.age_low, wanted.age_high
),

-- A band that is printed needs no adding up.
regrouped as (
    select
        summed.*,
        own.age_band is not null as is_own,
        own.value as own_value,
    from summed
    left join part as own
        on summed.distribution = own.distribution and summed.age_band = own.age_band
),

explained as (
    select
        *,
        case when is_own then own_value else total end as new_value,
        case
            when is_own and own_value is null then 'it is no number'
            when is_own then null
            when age_low is null then 'no such band'
            when straddling is not null then 'straddled by ' || straddling
            when
                coalesce(years, 0) <> age_high - age_low + 1
                or coalesce(distinct_years, 0) <> age_high - age_low + 1
                then 'the bands do not cover all of it'
            when not all_known then 'not all of its bands are numbers'
        end as no_value_reason,
    from regrouped
)

select
    distribution.source,
    distribution.period_start,
    distribution.period_end,
    distribution.measure,
    distribution.region,
    distribution.crime_type,
    age_band,
    age_low,
    nullif(age_high, 999) as age_high,
    distribution.sex,
    case when no_value_reason is null then new_value end as value,
    case when has_base then base_value end as base_value,
    case
        when no_value_reason is null and has_base
            then 100.0 * cast(new_value as double) / nullif(base_value, 0)
    end as share_pct,
    age_scheme,
    distribution.export_id,
    no_value_reason,
from explained
order by all
