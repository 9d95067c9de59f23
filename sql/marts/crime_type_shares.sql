-- What share of the cases (suspects, …) is each type of crime?
-- Grain: one row per source, period, measure, region and crime type; the total is no row here.
-- Where types have levels, each row is a share of the total, and part_of names the level above.
-- share_pct is empty where the publisher's figures leave no base that nothing contradicts; the
-- percentage that was printed always stands beside it.
with part as (
    select *
    from staging.breakdown_part
    where
        dimension = 'crime_type'
        and is_standing
        and root.age_band = 'total'
        and root.sex = 'total'
        and root.others = ''
)

select
    part.source,
    part.period_start,
    part.period_end,
    part.measure,
    part.region,
    part.crime_type,
    part.value,
    base.base_value,
    case
        when sources.kind = 'records' and base.base_kind = 'published_total' then 'counted_total'
        else base.base_kind
    end as base_kind,
    100.0 * part.value::double / nullif(base.base_value, 0) as share_pct,
    part.published_share_pct::double as published_share_pct,
    base.implied_base_low,
    base.implied_base_high,
    part.export_id,
    nullif(part.whole_code, 'total') as part_of,
    case
        when sources.kind = 'records' and part.value_origin = 'published' then 'counted'
        else part.value_origin
    end as value_origin,
    part.released_on,
    part.value_status,
    part.published_value,
    part.is_corrected,
    part.is_provisional,
    part.source_file,
    part.source_row,
    part.source_column,
    part.is_additive,
    coalesce(sources.is_simulated, false) as is_simulated,
from part
inner join staging.breakdown_base as base
    on
        part.dimension = base.dimension
        and part.source = base.source
        and part.period_start = base.period_start
        and part.period_end = base.period_end
        and part.root = base.root
        and part.released_on = base.released_on
        and part.complete_in is not distinct from base.complete_in
left join sources
    on part.source = sources.source
order by
    part.source asc, part.period_start asc, part.period_end asc, part.measure asc, part.region asc,
    part.value desc, part.crime_type asc
