-- Every figure of all ages and both sexes beside that of the same period a year earlier, and whether the
-- two compare: reason says why not. A type that was published a year earlier and is no longer has a row
-- without a value: it ends, it does not fall to zero. So has a figure that a later release withdrew.
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
        * exclude (reason, previous_period_start),
        case when has_previous then previous_period_start end as previous_period_start,
        coalesce(
            reason,
            case
                when is_sum_beside_published then 'a sum of parts does not compare with a published figure'
                when len(only_now) + len(only_before) > 0
                    then
                        'the totals are not of the same parts:'
                        || case
                            when len(only_now) > 0
                                then
                                    ' new '
                                    || array_to_string(only_now[:3], ', ')
                                    || case when len(only_now) > 3 then ', …' else '' end
                            else ''
                        end
                        || case
                            when len(only_before) > 0
                                then
                                    ' without '
                                    || array_to_string(only_before[:3], ', ')
                                    || case when len(only_before) > 3 then ', …' else '' end
                            else ''
                        end
            end
        ) as no_change_reason,
    from differing
)

select
    source,
    table_name,
    period_start,
    period_end,
    period_kind,
    previous_period_start,
    measure,
    crime_type,
    region,
    value,
    value_status,
    value_origin,
    previous_value,
    case when no_change_reason is null then value - previous_value end as change,
    no_change_reason,
    published_value,
    published_change_pct,
    is_corrected,
    is_provisional,
    is_cumulative,
    coalesce(is_additive, true) as is_additive,
    released_on,
    export_id,
    source_file,
    source_row,
    source_column,
from explained
