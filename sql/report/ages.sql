-- Ages in the latest period of each source and measure: for all crime types together, or else the largest,
-- by sex, and for the largest types; outermost bands only. Of all regions together, or else of the largest.
-- One row per source, measure, type, sex and band.
with of_period as (
    select *
    from age_distributions
    where part_of is null
    qualify
        period_end = max(period_end) over (partition by source, measure)
        and period_start = min(period_start) over (partition by source, measure, period_end)
),

regions as (
    select
        source,
        measure,
        region,
        row_number() over (
            partition by source, measure
            order by
                region = 'total' desc, sum(value) filter (where sex = 'total') desc nulls last, region asc
        ) as place,
    from of_period
    group by source, measure, region
),

latest as (
    select of_period.*
    from of_period
    inner join regions
        on
            of_period.source = regions.source
            and of_period.measure = regions.measure
            and of_period.region = regions.region
    where regions.place = 1
),

sized as (
    select
        source,
        measure,
        crime_type,
        count(distinct age_band) filter (where value is not null) as bands,
        sum(value) filter (where sex = 'total') as suspects,
    from latest
    group by source, measure, crime_type
),

ranked as (
    select
        source,
        measure,
        crime_type,
        row_number() over (
            partition by source, measure
            order by crime_type = 'total' desc, suspects desc nulls last, crime_type asc
        ) as place,
    from sized
    where bands >= 2
)

select
    latest.source,
    latest.measure,
    latest.region,
    latest.period_start,
    latest.period_end,
    latest.crime_type,
    ranked.place,
    latest.sex,
    latest.age_band,
    latest.age_low,
    latest.age_high,
    latest.value,
    latest.value_status,
    latest.base_kind,
    latest.base_value,
    latest.implied_base_low,
    latest.implied_base_high,
    latest.share_pct,
    latest.published_share_pct,
    printed.published_share_pct as printed_share_pct,
    latest.cumulative_pct,
    latest.share_change_pp,
    latest.is_additive,
    latest.is_corrected,
    latest.is_provisional,
    latest.released_on,
    latest.source_file,
    latest.source_row,
from latest
inner join ranked
    on
        latest.source = ranked.source
        and latest.measure = ranked.measure
        and latest.crime_type = ranked.crime_type
left join observation as printed
    on
        latest.export_id = printed.export_id
        and latest.source_file = printed.source_file
        and latest.source_row = printed.source_row
        and latest.source_column = printed.source_column
        and latest.measure = printed.measure
        and latest.crime_type = printed.crime_type
        and latest.age_band = printed.age_band
        and latest.sex = printed.sex
        and latest.period_start = printed.period_start
        and printed.published_share_pct is not null
where ranked.place <= $types and (ranked.place = 1 or latest.sex = 'total')
order by
    latest.source asc,
    latest.measure asc,
    ranked.place asc,
    latest.sex = 'total' desc,
    latest.sex asc,
    latest.age_low asc nulls last,
    latest.age_high asc nulls last,
    latest.age_band = 'unknown' asc,
    latest.source_row asc,
    latest.age_band asc
