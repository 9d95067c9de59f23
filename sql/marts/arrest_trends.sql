-- How have cases, suspects and detentions changed on the same period a year earlier?
-- Grain: one row per source, period, measure, crime type and region, all ages and both sexes.
-- Beside published figures stand sums of parts that are all there is, the months that cumulative
-- figures are made of, and years that are sums of their months (value_origin).
-- A change is given only where both periods have a figure of the same thing: the same parts, no break
-- in the series between them, and a period that was over when its figure was released.
-- no_change_reason says why there is none. A type that ended and a figure that was withdrawn have a row
-- without a value.
-- Contributions are those of the outermost crime types and regions of a table, the parts that add up to
-- the whole: a code that lies within another in any of its exports is none.
with changed as (
    select *
    from staging.compared_figure
),

outermost as (
    select
        export_codes.source,
        exports.table_name,
        export_codes.dimension,
        export_codes.code,
    from export_codes
    inner join exports
        on
            export_codes.source = exports.source
            and export_codes.source_file = exports.source_file
            and export_codes.export_id = exports.export_id
    where exports.is_published
    group by all
    having bool_and(export_codes.whole_code = 'total')
),

-- Whether the types of a region, and the regions of a type, all have a change and add up to the
-- whole's in both periods: only then is each one's contribution a part of the whole's change.
type_sum as (
    select
        changed.source,
        changed.period_start,
        changed.period_end,
        changed.measure,
        changed.region,
        sum(changed.value) as value,
        sum(changed.previous_value) as previous_value,
        bool_and(changed.change is not null) as all_changed,
    from changed
    inner join outermost
        on
            changed.source = outermost.source
            and changed.table_name = outermost.table_name
            and outermost.dimension = 'crime_type'
            and changed.crime_type = outermost.code
    where changed.value is not null or changed.previous_value is not null
    group by all
),

region_sum as (
    select
        changed.source,
        changed.period_start,
        changed.period_end,
        changed.measure,
        changed.crime_type,
        sum(changed.value) as value,
        sum(changed.previous_value) as previous_value,
        bool_and(changed.change is not null) as all_changed,
    from changed
    inner join outermost
        on
            changed.source = outermost.source
            and changed.table_name = outermost.table_name
            and outermost.dimension = 'region'
            and changed.region = outermost.code
    where changed.value is not null or changed.previous_value is not null
    group by all
)

select
    changed.source,
    changed.period_start,
    changed.period_end,
    changed.measure,
    changed.crime_type,
    changed.region,
    changed.value,
    changed.previous_period_start,
    changed.previous_value,
    changed.change,
    100.0 * changed.change::double / nullif(changed.previous_value, 0) as change_pct,
    changed.published_change_pct::double as published_change_pct,
    case
        when
            changed.crime_type = 'total' or (
                type_sum.all_changed
                and type_sum.value = all_types.value
                and type_sum.previous_value = all_types.previous_value
            )
            then 100.0 * changed.change::double / nullif(all_types.previous_value, 0)
    end as contribution_pp,
    changed.export_id,
    case
        when
            changed.region = 'total' or (
                region_sum.all_changed
                and region_sum.value = all_regions.value
                and region_sum.previous_value = all_regions.previous_value
            )
            then 100.0 * changed.change::double / nullif(all_regions.previous_value, 0)
    end as region_contribution_pp,
    coalesce(
        changed.no_change_reason,
        case when changed.previous_value = 0 then 'the figure a year earlier is 0' end
    ) as no_change_reason,
    changed.period_kind,
    changed.is_cumulative,
    case
        when sources.kind = 'records' and changed.value_origin = 'published' then 'counted'
        else changed.value_origin
    end as value_origin,
    changed.released_on,
    changed.value_status,
    changed.published_value,
    changed.is_corrected,
    changed.is_provisional,
    changed.source_file,
    changed.source_row,
    changed.source_column,
    changed.is_additive,
    coalesce(sources.is_simulated, false) as is_simulated,
from changed
left join changed as all_types
    on
        changed.source = all_types.source
        and changed.period_start = all_types.period_start
        and changed.period_end = all_types.period_end
        and changed.measure = all_types.measure
        and changed.region = all_types.region
        and all_types.crime_type = 'total'
        and all_types.change is not null
left join changed as all_regions
    on
        changed.source = all_regions.source
        and changed.period_start = all_regions.period_start
        and changed.period_end = all_regions.period_end
        and changed.measure = all_regions.measure
        and changed.crime_type = all_regions.crime_type
        and all_regions.region = 'total'
        and all_regions.change is not null
left join type_sum
    on
        changed.source = type_sum.source
        and changed.period_start = type_sum.period_start
        and changed.period_end = type_sum.period_end
        and changed.measure = type_sum.measure
        and changed.region = type_sum.region
left join region_sum
    on
        changed.source = region_sum.source
        and changed.period_start = region_sum.period_start
        and changed.period_end = region_sum.period_end
        and changed.measure = region_sum.measure
        and changed.crime_type = region_sum.crime_type
left join sources
    on changed.source = sources.source
order by
    changed.source, changed.measure, changed.region, changed.period_start, changed.period_end,
    changed.crime_type = 'total' desc, changed.value desc, changed.crime_type
