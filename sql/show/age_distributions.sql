-- The age distributions of each source's latest period, for the end of a run.
with latest as (
    select *
    from age_distributions
    where region = 'total' and sex = 'total' and part_of is null and list_contains($sources, source)
    qualify
        period_end = max(period_end) over (partition by source)
        and period_start = min(period_start) over (partition by source, period_end)
)

select
    latest.source,
    latest.period_start,
    latest.period_end,
    measure_code.label_en as measure,
    case
        when latest.crime_type = 'total' then 'all'
        else coalesce(type_code.label_en, latest.crime_type)
    end as crime_type,
    latest.age_band,
    latest.value,
    latest.share_pct,
    latest.published_share_pct,
    latest.base_kind,
    latest.base_value,
    latest.implied_base_low,
    latest.implied_base_high,
from latest
left join codes as measure_code
    on latest.measure = measure_code.code and measure_code.dimension = 'measure'
left join codes as type_code
    on latest.crime_type = type_code.code and type_code.dimension = 'crime_type'
order by
    latest.source asc,
    latest.period_start asc,
    latest.period_end asc,
    latest.measure asc,
    latest.crime_type = 'total' desc,
    latest.crime_type,
    latest.age_low asc nulls last
limit $rows
