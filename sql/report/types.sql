-- Crime types in the latest period of each source and measure, at the outermost level that has three types
-- or more: one row per type, the largest first, with the change on the year before where it compares. Of
-- all regions together, or else of the largest.
with recursive of_period as (
    select *
    from crime_type_shares
    where value is not null or published_share_pct is not null
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
            order by region = 'total' desc, sum(value) desc nulls last, region asc
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

levelled as (
    select
        latest.*,
        1 as level,
    from latest
    where latest.part_of is null
    union all
    select
        latest.*,
        levelled.level + 1 as level,
    from latest
    inner join levelled
        on
            latest.source = levelled.source
            and latest.measure = levelled.measure
            and latest.part_of = levelled.crime_type
),

levels as (
    select
        source,
        measure,
        level,
        count(*) as types,
    from levelled
    group by source, measure, level
),

chosen as (
    select
        source,
        measure,
        coalesce(min(level) filter (where types >= 3), max(level)) as level,
    from levels
    group by source, measure
)

select
    part.source,
    part.measure,
    part.region,
    part.period_start,
    part.period_end,
    part.crime_type,
    part.value,
    part.value_status,
    part.base_kind,
    part.base_value,
    part.implied_base_low,
    part.implied_base_high,
    part.share_pct,
    part.published_share_pct,
    printed.published_share_pct as printed_share_pct,
    trend.previous_value,
    trend.change_pct,
    trend.contribution_pp,
    trend.no_change_reason,
    part.is_additive,
    part.is_corrected,
    part.is_provisional,
    part.released_on,
    part.source_file,
    count(*) over (partition by part.source, part.measure) as found,
from levelled as part
inner join chosen
    on part.source = chosen.source and part.measure = chosen.measure and part.level = chosen.level
left join observation as printed
    on
        part.export_id = printed.export_id
        and part.source_file = printed.source_file
        and part.source_row = printed.source_row
        and part.source_column = printed.source_column
        and part.measure = printed.measure
        and part.crime_type = printed.crime_type
        and part.period_start = printed.period_start
        and printed.published_share_pct is not null
left join arrest_trends as trend
    on
        part.source = trend.source
        and part.measure = trend.measure
        and part.crime_type = trend.crime_type
        and part.region = trend.region
        and part.period_start = trend.period_start
        and part.period_end = trend.period_end
qualify
    row_number() over (
        partition by part.source, part.measure
        order by part.value desc nulls last, part.published_share_pct desc nulls last, part.crime_type asc
    ) <= $rows
order by
    part.source asc,
    part.measure asc,
    part.value desc nulls last,
    part.published_share_pct desc nulls last,
    part.crime_type asc
