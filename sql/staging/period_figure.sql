-- Every standing figure, and what follows from figures of other periods: the months (quarters) that
-- cumulative figures are the sums of, and years that are the sums of their months, quarters or
-- halves, where no figure is published for them.
-- value_origin says which: published, sum_of_parts, difference, sum_of_periods.
-- previous_period_start and _end are the same place in the year before. A period that begins with a
-- month is shifted by the day after its end, so that a February keeps its last day; else 29 February
-- becomes the 28th (as in pipelines/periods.py).
with standing as (
    select *
    from staging.figure
    where is_standing
),

cumulative as (
    select
        *,
        lag(period_end) over year_to_date as before_end,
        lag(value) over year_to_date as before_value,
        lag(parts) over year_to_date as before_parts,
        lag(cell_values) over year_to_date as before_cells,
        lag(published_value) over year_to_date as before_published,
        lag(is_unfinished) over year_to_date as before_unfinished,
        lag(is_provisional) over year_to_date as before_provisional,
        lag(is_corrected) over year_to_date as before_corrected,
        lag(released_on) over year_to_date as before_released_on,
    from standing
    where is_cumulative
    window
        year_to_date as (
            partition by
                source, table_name, period_start, measure, crime_type, age_band, sex, region, others
            order by period_end
        )
),

-- A cumulative figure that falls has no difference, nor has a sum one of whose parts falls;
-- reconciliations says so.
difference as (
    select
        * exclude (
            before_end, before_value, before_parts, before_cells, before_published, before_unfinished,
            before_provisional, before_corrected, before_released_on, published_share_pct,
            published_change_pct
        )
        replace (
            cast(before_end + interval 1 day as date) as period_start,
            case
                when
                    value >= before_value
                    and parts is not distinct from before_parts
                    and not list_bool_or(
                        list_transform(
                            list_zip(coalesce(before_cells, []), coalesce(cell_values, [])),
                            lambda pair: coalesce(pair[1] > pair[2], false)
                        )
                    ) is true
                    then value - before_value
            end as value,
            'difference' as value_origin,
            published_value - before_published as published_value,
            is_unfinished or before_unfinished as is_unfinished,
            is_provisional or before_provisional as is_provisional,
            is_corrected or before_corrected as is_corrected,
            greatest(released_on, before_released_on) as released_on,
            false as is_cumulative
        ),
    from cumulative
    where before_end is not null
),

known as (
    select *
    from standing
    union all by name
    select *
    from difference
    where
        not exists (
            select 1
            from standing
            where
                standing.source = difference.source
                and standing.period_start = difference.period_start
                and standing.period_end = difference.period_end
                and standing.measure = difference.measure
                and standing.crime_type = difference.crime_type
                and standing.age_band = difference.age_band
                and standing.sex = difference.sex
                and standing.region = difference.region
                and standing.others = difference.others
        )
),

spanned as materialized (
    select
        *,
        case
            when day(period_start) <> 1 or period_end <> last_day(period_end) then 0
            when datediff('month', period_start, period_end) = 0 then 1
            when datediff('month', period_start, period_end) = 2 and month(period_start) % 3 = 1 then 3
            when datediff('month', period_start, period_end) = 5 and month(period_start) % 6 = 1 then 6
            when datediff('month', period_start, period_end) = 11 and month(period_start) = 1 then 12
            else 0
        end as months,
    from known
),

year_total as (
    select
        source,
        table_name,
        any_value(scope) as scope,
        year(period_start) as calendar_year,
        measure,
        crime_type,
        age_band,
        sex,
        region,
        others,
        months as part_months,
        case
            when count(value) = 12 / months and count(distinct coalesce(parts, [])) = 1
                then cast(sum(value) as bigint)
        end as value,
        any_value(parts) as parts,
        max(released_on) as released_on,
        case when count(distinct export_id) = 1 then any_value(export_id) end as export_id,
        case when count(distinct source_file) = 1 then any_value(source_file) end as source_file,
        bool_or(is_unfinished) as is_unfinished,
        bool_or(is_provisional) as is_provisional,
        bool_or(is_corrected) as is_corrected,
        case when count(published_value) = 12 / months then cast(sum(published_value) as bigint) end
            as published_value,
    from spanned
    where months in (1, 3, 6) and is_additive
    group by
        source, table_name, calendar_year, measure, crime_type, age_band, sex, region, others, months
    having count(*) = 12 / months
),

-- Of months, quarters and halves the finest that have a sum.
year_sum as (
    select
        * exclude (calendar_year, part_months),
        make_date(calendar_year, 1, 1) as period_start,
        make_date(calendar_year, 12, 31) as period_end,
        12 as months,
        'sum_of_periods' as value_origin,
        true as is_additive,
        false as is_cumulative,
    from year_total
    qualify
        row_number() over (
            partition by source, calendar_year, measure, crime_type, age_band, sex, region, others
            order by value is not null desc, part_months asc, table_name asc
        ) = 1
),

every_figure as (
    select *
    from spanned
    union all by name
    select *
    from year_sum
    where
        not exists (
            select 1
            from known
            where
                known.source = year_sum.source
                and known.period_start = year_sum.period_start
                and known.period_end = year_sum.period_end
                and known.measure = year_sum.measure
                and known.crime_type = year_sum.crime_type
                and known.age_band = year_sum.age_band
                and known.sex = year_sum.sex
                and known.region = year_sum.region
                and known.others = year_sum.others
        )
)

select
    source,
    table_name,
    scope,
    period_start,
    period_end,
    case months
        when 1 then 'month'
        when 3 then 'quarter'
        when 6 then 'half'
        when 12 then 'year'
        else 'window'
    end as period_kind,
    cast(period_start - interval 1 year as date) as previous_period_start,
    case
        when
            day(period_start) = 1
            and (month(period_end + interval 1 day), day(period_end + interval 1 day)) <> (2, 29)
            then cast(cast(period_end + interval 1 day as date) - interval 1 year - interval 1 day as date)
        else cast(period_end - interval 1 year as date)
    end as previous_period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    others,
    value,
    case
        when value is not null then 'observed'
        when value_origin in ('published', 'sum_of_parts') then value_status
        else 'missing'
    end as value_status,
    value_origin,
    parts,
    published_value,
    is_corrected,
    published_change_pct,
    is_provisional,
    is_cumulative,
    is_unfinished,
    is_additive,
    released_on,
    export_id,
    source_file,
    source_row,
    source_column,
from every_figure
