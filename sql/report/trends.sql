-- Each measure of each source over time, of all crime types and regions together or else of the largest: one
-- row per source, measure and period, the latest of each kind of period.
with sized as (
    select
        source,
        measure,
        crime_type,
        region,
        sum(value) as size,
    from arrest_trends
    group by source, measure, crime_type, region
),

chosen as (
    select
        source,
        measure,
        crime_type,
        region,
    from sized
    where size is not null
    qualify row_number() over (
        partition by source, measure
        order by crime_type = 'total' desc, region = 'total' desc, size desc, crime_type asc, region asc
    ) = 1
)

select
    trend.source,
    trend.measure,
    trend.crime_type,
    trend.region,
    trend.period_kind,
    trend.period_start,
    trend.period_end,
    trend.value,
    trend.value_status,
    trend.value_origin,
    trend.previous_value,
    trend.change_pct,
    trend.published_change_pct,
    trend.no_change_reason,
    trend.is_additive,
    trend.is_corrected,
    trend.is_provisional,
    trend.released_on,
    trend.source_file,
from arrest_trends as trend
inner join chosen
    on
        trend.source = chosen.source
        and trend.measure = chosen.measure
        and trend.crime_type = chosen.crime_type
        and trend.region = chosen.region
where not coalesce(trend.is_cumulative, false)
qualify
    row_number() over (
        partition by trend.source, trend.measure, trend.period_kind
        order by trend.period_end desc, trend.period_start desc
    ) <= $rows
order by
    trend.source asc, trend.measure asc, trend.period_kind asc, trend.period_end asc, trend.period_start asc
