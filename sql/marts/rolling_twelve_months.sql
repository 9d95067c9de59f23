-- How many cases (suspects, …) in the twelve months up to each month?
-- Grain: one row per source, measure, crime type, region and last month, where all twelve months have
-- a number of the same parts; months come from monthly or from differences of cumulative figures.
-- A change on the twelve months before is given only where these are of the same parts, and no break of
-- the series lies in the two years; no_change_reason says why there is none.
with month as (
    select
        *,
        12 * year(period_start) + month(period_start) as number,
    from staging.period_figure
    where period_kind = 'month' and is_additive and age_band = 'total' and sex = 'total' and others = ''
),

rolled as (
    select
        source,
        period_end,
        measure,
        crime_type,
        region,
        number,
        parts,
        cast(min(period_start) over twelve as date) as period_start,
        cast(sum(value) over twelve as bigint) as value,
        count(value) over twelve as month_count,
        count(distinct coalesce(parts, [])) over twelve as kinds_of_parts,
        max(released_on) over twelve as released_on,
        bool_or(is_unfinished) over twelve as is_unfinished,
        bool_or(is_provisional) over twelve as is_provisional,
        bool_or(is_corrected) over twelve as is_corrected,
    from month
    window
        twelve as (
            partition by source, measure, crime_type, region
            order by number
            range between 11 preceding and current row
        )
),

whole as (
    select *
    from rolled
    where month_count = 12 and kinds_of_parts = 1
),

broken as (
    select
        whole.source,
        whole.measure,
        whole.crime_type,
        whole.region,
        whole.number,
        arg_min(
            cast(series_breaks.break_on as varchar) || ' ' || series_breaks.note, series_breaks.break_on
        ) as said,
    from whole
    inner join series_breaks
        on
            (series_breaks.source is null or whole.source = series_breaks.source)
            and (
                (series_breaks.dimension = 'crime_type' and whole.crime_type = series_breaks.code)
                or (series_breaks.dimension = 'region' and whole.region = series_breaks.code)
                or (series_breaks.dimension = 'measure' and whole.measure = series_breaks.code)
            )
            and whole.period_start - interval 1 year < series_breaks.break_on
            and whole.period_end >= series_breaks.break_on
    group by all
),

compared as (
    select
        whole.*,
        previous.value as previous_value,
        case
            when broken.said is not null then 'the series breaks: ' || broken.said
            when previous.value is null then 'not all of the twelve months before have a number'
            when coalesce(whole.parts, []) <> coalesce(previous.parts, [])
                then 'the twelve months before are not of the same parts'
            when whole.is_unfinished or previous.is_unfinished
                then 'a month was not over when its figure was released'
        end as no_change_reason,
    from whole
    left join whole as previous
        on
            whole.source = previous.source
            and whole.measure = previous.measure
            and whole.crime_type = previous.crime_type
            and whole.region = previous.region
            and whole.number - 12 = previous.number
    left join broken
        on
            whole.source = broken.source
            and whole.measure = broken.measure
            and whole.crime_type = broken.crime_type
            and whole.region = broken.region
            and whole.number = broken.number
)

select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    region,
    value,
    previous_value,
    case when no_change_reason is null then value - previous_value end as change,
    case
        when no_change_reason is null
            then 100.0 * cast(value - previous_value as double) / nullif(previous_value, 0)
    end as change_pct,
    no_change_reason,
    released_on,
    is_unfinished,
    is_provisional,
    is_corrected,
from compared
order by source, measure, region, crime_type, period_end
