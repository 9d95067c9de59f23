-- How have cases, suspects and detentions changed on the same period a year earlier?
-- Grain: one row per source, period, measure, crime type and region, all ages and both sexes.
-- Beside published figures stand sums of parts that are all there is, the months that cumulative
-- figures are made of, and years that are sums of their months (value_origin).
-- A change is given only where both periods have a figure of the same thing: the same parts, no break
-- in the series between them, and a period that was over when its figure was released.
-- no_change_reason says why there is none. A type that was published a year earlier and is no longer
-- has a row without a value: it ends, it does not fall to zero. So has a figure that a later release
-- withdrew.
-- A printed total of all regions is of those that its table lists, all of them by its contract.
with region_list as (
    select
        source,
        period_start,
        period_end,
        root.measure,
        root.crime_type,
        released_on,
        list_transform(any_value(part_codes), lambda code: 'region ' || code) as regions,
    from staging.breakdown_base
    where
        dimension = 'region'
        and is_exhaustive
        and root.age_band = 'total'
        and root.sex = 'total'
        and root.others = ''
    group by all
    having count(*) = 1
),

figure as (
    select
        figure.* exclude (parts),
        figure.parts is not null as is_sum,
        coalesce(figure.parts, region_list.regions) as parts,
    from staging.period_figure as figure
    left join region_list
        on
            figure.value_origin = 'published'
            and figure.region = 'total'
            and figure.source = region_list.source
            and figure.period_start = region_list.period_start
            and figure.period_end = region_list.period_end
            and figure.measure = region_list.measure
            and figure.crime_type = region_list.crime_type
            and figure.released_on = region_list.released_on
    where figure.age_band = 'total' and figure.sex = 'total' and figure.others = ''
),

-- What each complete table gives figures for: the periods in which a code may be missed.
covered as (
    select distinct
        figure.source,
        figure.table_name,
        figure.scope,
        figure.measure,
        figure.period_start,
        figure.period_end,
        figure.previous_period_start,
        figure.previous_period_end,
    from figure
    inner join exports
        on
            figure.source = exports.source
            and figure.source_file = exports.source_file
            and figure.export_id = exports.export_id
    where exports.is_published and exports.is_complete
),

ended as (
    select
        previous.source,
        covered.period_start,
        covered.period_end,
        covered.previous_period_start,
        covered.previous_period_end,
        previous.measure,
        previous.crime_type,
        previous.region,
        'missing' as value_status,
        'published' as value_origin,
        true as is_ended,
    from figure as previous
    inner join covered
        on
            previous.source = covered.source
            and previous.table_name = covered.table_name
            and previous.scope = covered.scope
            and previous.measure = covered.measure
            and previous.period_start = covered.previous_period_start
            and previous.period_end = covered.previous_period_end
    where
        previous.value is not null
        and not exists (
            select 1
            from figure
            where
                figure.source = previous.source
                and figure.measure = previous.measure
                and figure.crime_type = previous.crime_type
                and figure.region = previous.region
                and figure.period_start = covered.period_start
                and figure.period_end = covered.period_end
        )
),

-- Figures that a later release of their table no longer gives, of which no other stands.
withdrawn as (
    select
        ranked.source,
        ranked.period_start,
        ranked.period_end,
        ranked.measure,
        ranked.crime_type,
        ranked.region,
        'missing' as value_status,
        'published' as value_origin,
        false as is_ended,
        'withdrawn by the release of '
        || max(ranked.superseded_on)
        || coalesce(', was ' || arg_max(ranked.value, ranked.released_on), '') as withdrawn,
    from staging.observation_ranked as ranked
    where
        ranked.superseded_on is not null
        and ranked.age_band = 'total'
        and ranked.sex = 'total'
        and ranked.other_dimensions is null
        and not exists (
            select 1
            from figure
            where
                figure.source = ranked.source
                and figure.period_start = ranked.period_start
                and figure.period_end = ranked.period_end
                and figure.measure = ranked.measure
                and figure.crime_type = ranked.crime_type
                and figure.region = ranked.region
        )
    group by all
),

told as (
    select *
    from figure
    union all by name
    select *
    from withdrawn
    union all by name
    select *
    from ended
    where
        not exists (
            select 1
            from withdrawn
            where
                withdrawn.source = ended.source
                and withdrawn.period_start = ended.period_start
                and withdrawn.period_end = ended.period_end
                and withdrawn.measure = ended.measure
                and withdrawn.crime_type = ended.crime_type
                and withdrawn.region = ended.region
        )
),

-- The first break of a code between the beginning of the earlier and the end of the later period.
broken as (
    select
        told.source,
        told.period_start,
        told.period_end,
        told.measure,
        told.crime_type,
        told.region,
        arg_min(series_breaks.break_on::varchar || ' ' || series_breaks.note, series_breaks.break_on)
            as said,
    from told
    inner join series_breaks
        on
            (series_breaks.source is null or told.source = series_breaks.source)
            and (
                (series_breaks.dimension = 'crime_type' and told.crime_type = series_breaks.code)
                or (series_breaks.dimension = 'region' and told.region = series_breaks.code)
                or (series_breaks.dimension = 'measure' and told.measure = series_breaks.code)
            )
            and told.previous_period_start < series_breaks.break_on
            and told.period_end >= series_breaks.break_on
    group by all
),

compared as (
    select
        told.*,
        previous.value as previous_value,
        previous.period_start is not null as has_previous,
        previous.parts as previous_parts,
        coalesce(told.is_sum <> previous.is_sum, false) as is_sum_beside_published,
        case
            when told.withdrawn is not null then told.withdrawn
            when broken.said is not null then 'the series breaks: ' || broken.said
            when told.is_ended then 'no longer published, as it was a year earlier'
            when told.value is null and told.value_origin = 'difference'
                then 'the cumulative figure falls, or is not of the same parts as the one before'
            when told.value is null and told.value_status = 'missing' and told.value_origin <> 'published'
                then 'not all parts of this sum are known'
            when told.value is null then 'no figure for this period'
            when previous.period_start is null then 'no figure for the period a year earlier'
            when previous.value is null then 'no number for the period a year earlier'
            when told.is_unfinished then 'the figure was released before its period ended'
            when previous.is_unfinished
                then 'the figure of a year earlier was released before its period ended'
        end as reason,
    from told
    left join figure as previous
        on
            told.source = previous.source
            and told.measure = previous.measure
            and told.crime_type = previous.crime_type
            and told.region = previous.region
            and told.previous_period_start = previous.period_start
            and told.previous_period_end = previous.period_end
    left join broken
        on
            told.source = broken.source
            and told.period_start = broken.period_start
            and told.period_end = broken.period_end
            and told.measure = broken.measure
            and told.crime_type = broken.crime_type
            and told.region = broken.region
),

differing as (
    select
        *,
        list_filter(parts, lambda part: not list_contains(previous_parts, part)) as only_now,
        list_filter(previous_parts, lambda part: not list_contains(parts, part)) as only_before,
    from compared
),

explained as (
    select
        * exclude (reason, only_now, only_before, previous_parts, has_previous, is_sum_beside_published),
        case when has_previous then previous_period_start end as compared_with,
        coalesce(
            reason,
            case
                when is_sum_beside_published then 'a sum of parts does not compare with a published figure'
                when len(only_now) + len(only_before) > 0
                    then
                        'the totals are not of the same parts:'
                        || if(
                            len(only_now) > 0,
                            ' new '
                            || array_to_string(only_now[:3], ', ')
                            || if(len(only_now) > 3, ', …', ''),
                            ''
                        )
                        || if(
                            len(only_before) > 0,
                            ' without '
                            || array_to_string(only_before[:3], ', ')
                            || if(len(only_before) > 3, ', …', ''),
                            ''
                        )
            end
        ) as no_change_reason,
    from differing
),

changed as (
    select
        *,
        case when no_change_reason is null then value - previous_value end as change,
    from explained
),

-- The outermost crime types and regions of a table: the parts that add up to the whole. A code that
-- lies within another in any of its exports is none.
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
    changed.compared_with as previous_period_start,
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
    changed.value_origin,
    changed.released_on,
    changed.value_status,
    changed.published_value,
    changed.is_corrected,
    changed.is_provisional,
    changed.source_file,
    changed.source_row,
    changed.source_column,
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
order by
    changed.source, changed.measure, changed.region, changed.period_start, changed.period_end,
    changed.crime_type = 'total' desc, changed.value desc, changed.crime_type
