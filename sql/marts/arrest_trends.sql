-- How have cases, suspects and detentions changed on the same period a year earlier?
-- Grain: one row per source, period, measure, crime type and region, all ages and both sexes.
-- Where no total is printed and the parts are all there is, their sum is a row of its own
-- (value_origin = 'sum_of_parts'), compared only with a sum of the same parts.
-- A change is given only where both periods have a figure; no_change_reason says why there is none.
with published as (
    select
        source,
        period_start,
        period_end,
        measure,
        crime_type,
        region,
        value,
        'published' as value_origin,
        null::varchar as part_codes,
        published_change_pct::double as published_change_pct,
        export_id,
        released_on,
        value_status,
        is_provisional,
        source_file,
        source_row,
        source_column,
    from staging.observation_current
    where age_band = 'total' and sex = 'total' and other_dimensions is null
),

-- Of two exports that both have all parts, that of the later release counts, then the finer one.
summed as (
    select
        source,
        period_start,
        period_end,
        measure,
        'total' as crime_type,
        region,
        base_value as value,
        'sum_of_parts' as value_origin,
        part_codes,
        null::double as published_change_pct,
        export_id,
        released_on,
        'observed' as value_status,
        is_provisional,
    from staging.breakdown_base
    where
        dimension = 'crime_type'
        and base_kind = 'sum_of_parts'
        and whole_age_band = 'total'
        and sex = 'total'
        and other_dimensions is null
        and not exists (
            select 1
            from published
            where
                published.crime_type = 'total'
                and published.value_status = 'observed'
                and published.source = breakdown_base.source
                and published.period_start = breakdown_base.period_start
                and published.period_end = breakdown_base.period_end
                and published.measure = breakdown_base.measure
                and published.region = breakdown_base.region
        )
    qualify
        row_number() over (
            partition by source, period_start, period_end, measure, region
            order by released_on desc, part_count desc, complete_in asc
        ) = 1
),

figure as (
    select *
    from published
    where
        value_status = 'observed'
        or crime_type <> 'total'
        or not exists (
            select 1
            from summed
            where
                published.source = summed.source
                and published.period_start = summed.period_start
                and published.period_end = summed.period_end
                and published.measure = summed.measure
                and published.region = summed.region
        )
    union all by name
    select *
    from summed
),

compared as (
    select
        figure.*,
        previous.period_start as previous_period_start,
        previous.period_end as previous_period_end,
        previous.released_on as previous_released_on,
        previous.value as previous_value,
        case
            when figure.value is null then 'no figure for this period'
            when previous.period_start is null then 'no figure for the period a year earlier'
            when previous.value is null then 'no number for the period a year earlier'
            when coalesce(figure.part_codes, '') <> coalesce(previous.part_codes, '')
                then 'the totals are not of the same crime types'
        end as no_change_reason,
    from figure
    inner join comparable_periods as comparable
        on figure.period_start = comparable.period_start and figure.period_end = comparable.period_end
    left join figure as previous
        on
            figure.source = previous.source
            and figure.measure = previous.measure
            and figure.crime_type = previous.crime_type
            and figure.region = previous.region
            and comparable.previous_period_start = previous.period_start
            and comparable.previous_period_end = previous.period_end
),

changed as (
    select
        *,
        case when no_change_reason is null then value - previous_value end as change,
    from compared
),

whole as (
    select
        source,
        period_start,
        period_end,
        measure,
        region,
        value as total,
        previous_value as previous_total,
    from changed
    where crime_type = 'total' and no_change_reason is null
),

-- Whether the figures of a period are parts of its total, which nothing contradicts.
base as (
    select distinct
        source,
        period_start,
        period_end,
        measure,
        region,
        part_codes,
        released_on,
        base_value,
    from staging.breakdown_base
    where
        dimension = 'crime_type'
        and whole_age_band = 'total'
        and sex = 'total'
        and other_dimensions is null
        and base_kind in ('published_total', 'sum_of_parts')
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
    changed.published_change_pct,
    -- Contributions of the parts add up to the change of the whole, where the whole is theirs.
    case
        when
            changed.crime_type = 'total' or (
                base.base_value = whole.total and previous_base.base_value = whole.previous_total
            )
            then 100.0 * changed.change::double / nullif(whole.previous_total, 0)
    end as contribution_pp,
    changed.export_id,
    case
        when changed.no_change_reason is not null then changed.no_change_reason
        when changed.previous_value = 0 then 'the figure a year earlier is 0'
    end as no_change_reason,
    changed.value_origin,
    changed.released_on,
    changed.value_status,
    changed.is_provisional,
    changed.source_file,
    changed.source_row,
    changed.source_column,
from changed
left join whole
    on
        changed.source = whole.source
        and changed.period_start = whole.period_start
        and changed.period_end = whole.period_end
        and changed.measure = whole.measure
        and changed.region = whole.region
left join base
    on
        changed.source = base.source
        and changed.period_start = base.period_start
        and changed.period_end = base.period_end
        and changed.measure = base.measure
        and changed.region = base.region
        and changed.released_on = base.released_on
        and list_contains(string_split(base.part_codes, ' '), changed.crime_type)
left join base as previous_base
    on
        changed.source = previous_base.source
        and changed.previous_period_start = previous_base.period_start
        and changed.previous_period_end = previous_base.period_end
        and changed.measure = previous_base.measure
        and changed.region = previous_base.region
        and changed.previous_released_on = previous_base.released_on
        and list_contains(string_split(previous_base.part_codes, ' '), changed.crime_type)
order by
    changed.source, changed.measure, changed.region, changed.period_start, changed.period_end,
    changed.crime_type = 'total' desc, changed.value desc, changed.crime_type
