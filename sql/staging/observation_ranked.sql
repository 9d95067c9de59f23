-- Every observation, with the figure that stands for it and whether it is current: of the latest
-- release that gives it, unless a later release of the same table, which says all there is to say
-- about its period and measure, no longer gives it. A code that is no longer counted when that
-- release appears keeps the figures of its own time. Within one release the same figure may stand in
-- several files (files that disagree are not published together); then a number stands before a
-- blank, and a row with a published share or change before one without. The 100% of a table's own
-- total is no share.
-- A correction applies as long as the publisher prints the figure that it corrects.
with export as (
    select *
    from exports
    where is_published
),

read_from as (
    select
        observation.*,
        export.table_name,
        export.scope,
        export.is_complete,
        export.is_cumulative,
        coalesce(counted.is_additive, true) as is_additive,
        observation.released_on < observation.period_end and not export.is_dated_early as is_unfinished,
        (
            select max(ended.break_on)
            from series_breaks as ended
            where
                ended.is_end
                and coalesce(ended.source, observation.source) = observation.source
                and (
                    (ended.dimension = 'crime_type' and ended.code = observation.crime_type)
                    or (ended.dimension = 'region' and ended.code = observation.region)
                    or (ended.dimension = 'measure' and ended.code = observation.measure)
                )
                and observation.period_end < ended.break_on
        ) as ended_on,
    from observation
    inner join export
        on
            observation.source = export.source
            and observation.source_file = export.source_file
            and observation.export_id = export.export_id
    left join record_measures as counted
        on
            observation.source = counted.source
            and observation.source_file = counted.source_file
            and observation.export_id = counted.export_id
            and observation.measure = counted.measure
),

latest as (
    select
        source,
        table_name,
        scope,
        period_start,
        period_end,
        measure,
        max(released_on) as released_on,
    from read_from
    where is_complete
    group by all
),

share as (
    select
        source,
        source_file,
        export_id,
        dimension,
    from breakdowns
    where has_published_shares
),

-- Of two corrections of one published figure the later one.
correction as (
    select
        *,
        coalesce(other_dimensions, '') as others,
    from correction_entries
    qualify
        row_number() over (
            partition by
                source, period_start, period_end, measure, crime_type, age_band, sex, region,
                other_dimensions, published_value
            order by corrected_on desc, corrected_value asc
        ) = 1
),

ranked as (
    select
        read_from.*,
        case when read_from.released_on < latest.released_on then latest.released_on end as superseded_on,
        row_number() over (
            partition by
                read_from.source, read_from.period_start, read_from.period_end, read_from.measure,
                read_from.crime_type, read_from.age_band, read_from.sex, read_from.region,
                read_from.other_dimensions
            order by
                (latest.released_on is null or read_from.released_on >= latest.released_on) desc,
                read_from.released_on desc,
                read_from.value_status = 'observed' desc,
                coalesce(
                    read_from.published_share_pct is not null
                    and case share.dimension
                        when 'crime_type' then read_from.crime_type <> 'total'
                        when 'age_band' then read_from.age_band <> 'total'
                        when 'sex' then read_from.sex <> 'total'
                        when 'region' then read_from.region <> 'total'
                        else json_exists(read_from.other_dimensions, share.dimension)
                    end, false
                ) desc,
                read_from.published_change_pct is not null desc,
                read_from.source_file asc,
                read_from.source_row asc
        ) as place,
        max(case when latest.released_on > read_from.released_on then null else read_from.released_on end)
            over (
                partition by
                    read_from.source, read_from.period_start, read_from.period_end, read_from.measure,
                    read_from.crime_type, read_from.age_band, read_from.sex, read_from.region,
                    read_from.other_dimensions
            ) as latest_release,
    from read_from
    left join latest
        on
            read_from.source = latest.source
            and read_from.table_name = latest.table_name
            and read_from.scope = latest.scope
            and read_from.period_start = latest.period_start
            and read_from.period_end = latest.period_end
            and read_from.measure = latest.measure
            and (read_from.ended_on is null or read_from.ended_on > latest.released_on)
    left join share
        on
            read_from.source = share.source
            and read_from.source_file = share.source_file
            and read_from.export_id = share.export_id
)

select
    ranked.source,
    ranked.export_id,
    ranked.released_on,
    ranked.period_start,
    ranked.period_end,
    ranked.measure,
    ranked.crime_type,
    ranked.age_band,
    ranked.sex,
    ranked.region,
    coalesce(correction.corrected_value, ranked.value) as value,
    ranked.value_status,
    ranked.published_share_pct,
    ranked.published_change_pct,
    ranked.is_provisional,
    ranked.source_file,
    ranked.source_row,
    ranked.source_column,
    ranked.other_dimensions,
    ranked.table_name,
    ranked.scope,
    ranked.is_cumulative,
    ranked.is_unfinished,
    ranked.is_additive,
    ranked.superseded_on is null and ranked.place = 1 as is_current,
    ranked.superseded_on is null and ranked.released_on = ranked.latest_release as is_latest,
    ranked.superseded_on,
    ranked.value as published_value,
    correction.corrected_value is not null as is_corrected,
from ranked
left join correction
    on
        ranked.source = correction.source
        and ranked.period_start = correction.period_start
        and ranked.period_end = correction.period_end
        and ranked.measure = correction.measure
        and ranked.crime_type = correction.crime_type
        and ranked.age_band = correction.age_band
        and ranked.sex = correction.sex
        and ranked.region = correction.region
        and coalesce(ranked.other_dimensions, '') = correction.others
        and ranked.value = correction.published_value
