-- The latest total of each measure of each source and how it changed, for the end of a run.
with latest as (
    select *
    from arrest_trends
    where crime_type = 'total' and region = 'total' and list_contains($sources, source)
    qualify
        period_end = max(period_end) over (partition by source, measure)
        and period_start = min(period_start) over (partition by source, measure, period_end)
)

select
    latest.source,
    latest.period_start,
    latest.period_end,
    coalesce(measure_code.label_en, latest.measure) as measure,
    latest.value,
    latest.previous_value,
    latest.change_pct,
    latest.published_change_pct,
    latest.value_origin,
from latest
left join codes as measure_code
    on latest.measure = measure_code.code and measure_code.dimension = 'measure'
order by latest.source asc, latest.period_start asc, latest.period_end asc, latest.value desc
limit $rows
