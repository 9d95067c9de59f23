-- Which published numbers is a figure made of? trace_of('npa_cybercrime_yearly', 'cases', '2020-01-01',
-- '2020-12-31', of_crime_type := 'total') gives the addresses of all of them.
-- Grain: one row per published (or counted) number that the figure is, or is made of; with their signs
-- their values add up to it.
-- A figure is printed, or is a sum of parts that are all there is, or the difference of two cumulative
-- figures, or the sum of the months (quarters, halves) of a year, or of twelve months: and those may in turn
-- be sums or differences.
with same_figure as (
    select *
    from staging.period_figure
    where
        source = in_source
        and measure = of_measure
        and crime_type = of_crime_type
        and region = of_region
        and age_band = of_age_band
        and sex = of_sex
        and others = ''
),

asked as (
    select *
    from same_figure
    where period_start = cast(first_day as date) and period_end = cast(last_day as date)
),

-- Twelve months up to some month are no figure of their own.
rolling as (
    select *
    from same_figure
    where
        period_kind = 'month'
        and period_start >= cast(first_day as date)
        and period_end <= cast(last_day as date)
        and not exists (select 1 from asked)
    qualify count(*) over () = datediff('month', cast(first_day as date), cast(last_day as date)) + 1
),

-- Of months, quarters and halves the finest that have a sum, as in staging.period_figure.
part_kind as (
    select part.period_kind
    from same_figure as part
    inner join asked
        on
            part.table_name = asked.table_name
            and part.period_start >= asked.period_start
            and part.period_end <= asked.period_end
    where asked.value_origin = 'sum_of_periods' and part.period_kind in ('month', 'quarter', 'half')
    group by part.period_kind
    having count(*) = case part.period_kind when 'month' then 12 when 'quarter' then 4 else 2 end
    order by count(part.value) = count(*) desc, count(*) desc
    limit 1
),

periods as (
    select *
    from asked
    where value_origin <> 'sum_of_periods'
    union all by name
    select *
    from rolling
    union all by name
    select part.*
    from same_figure as part
    inner join asked
        on
            part.table_name = asked.table_name
            and part.period_start >= asked.period_start
            and part.period_end <= asked.period_end
    inner join part_kind
        on part.period_kind = part_kind.period_kind
    where asked.value_origin = 'sum_of_periods'
),

standing as (
    select *
    from staging.figure
    where
        is_standing
        and source = in_source
        and measure = of_measure
        and crime_type = of_crime_type
        and region = of_region
        and age_band = of_age_band
        and sex = of_sex
        and others = ''
),

signed as (
    select
        1 as sign,
        standing.*,
    from standing
    inner join periods
        on standing.period_start = periods.period_start and standing.period_end = periods.period_end
    where periods.value_origin <> 'difference'
    union all by name
    select
        1 as sign,
        standing.*,
    from standing
    inner join periods
        on standing.table_name = periods.table_name and standing.period_end = periods.period_end
    where
        periods.value_origin = 'difference'
        and standing.is_cumulative
        and standing.period_start < periods.period_start
    union all by name
    select
        -1 as sign,
        standing.*,
    from standing
    inner join periods
        on
            standing.table_name = periods.table_name
            and standing.period_end = cast(periods.period_start - interval 1 day as date)
    where periods.value_origin = 'difference' and standing.is_cumulative
),

whole as (
    select
        signed.sign,
        part_sum.* replace (coalesce(part_sum.other_dimensions, '') as other_dimensions),
    from signed
    inner join staging.part_sum as part_sum
        on
            signed.source = part_sum.source
            and signed.source_file = part_sum.source_file
            and signed.export_id = part_sum.export_id
            and signed.period_start = part_sum.period_start
            and signed.period_end = part_sum.period_end
            and signed.measure = part_sum.measure
            and signed.crime_type = part_sum.crime_type
            and signed.region = part_sum.region
            and signed.age_band = part_sum.age_band
            and signed.sex = part_sum.sex
            and signed.others = coalesce(part_sum.other_dimensions, '')
    where signed.value_origin = 'sum_of_parts' and part_sum.is_first
),

cell as (
    select
        whole.sign,
        whole.along,
        whole.crime_type as whole_crime_type,
        whole.age_band as whole_age_band,
        whole.sex as whole_sex,
        whole.region as whole_region,
        whole.other_dimensions as whole_others,
        ranked.*,
    from whole
    inner join staging.observation_ranked as ranked
        on
            whole.source = ranked.source
            and whole.source_file = ranked.source_file
            and whole.export_id = ranked.export_id
            and whole.period_start = ranked.period_start
            and whole.period_end = ranked.period_end
            and whole.measure = ranked.measure
    where
        ranked.is_additive
        and not exists (
            select 1
            from (
                values
                ('crime_type', ranked.crime_type, whole.crime_type),
                ('age_band', ranked.age_band, whole.age_band),
                ('sex', ranked.sex, whole.sex),
                ('region', ranked.region, whole.region),
                ('other_dimensions', coalesce(ranked.other_dimensions, ''), whole.other_dimensions)
            ) as pair (dimension, part_code, whole_code)
            where
                pair.part_code <> pair.whole_code
                and not exists (
                    select 1
                    from export_codes as way
                    where
                        way.source = ranked.source
                        and way.source_file = ranked.source_file
                        and way.export_id = ranked.export_id
                        and way.dimension = pair.dimension
                        and way.code = pair.part_code
                        and list_contains(way.rolls_up_to, pair.whole_code)
                        and (
                            way.measure is null
                            or (
                                way.measure = ranked.measure
                                and way.period_start = ranked.period_start
                                and way.period_end = ranked.period_end
                            )
                        )
                )
        )
),

-- Along which dimensions each is a part of the whole.
placed as (
    select
        *,
        concat_ws(
            ' ',
            if(crime_type <> whole_crime_type, 'crime_type', null),
            if(age_band <> whole_age_band, 'age_band', null),
            if(sex <> whole_sex, 'sex', null),
            if(region <> whole_region, 'region', null),
            if(
                coalesce(other_dimensions, '') <> whole_others,
                array_to_string(
                    list_filter(
                        json_keys(other_dimensions),
                        lambda name: not list_contains(
                            coalesce(json_keys(nullif(whole_others, '')), []), name
                        )
                    ),
                    ' '
                ),
                null
            )
        ) as own_along,
    from cell
),

number as (
    select
        signed.sign,
        'figure' as role,
        signed.period_start,
        signed.period_end,
        signed.measure,
        signed.crime_type,
        signed.age_band,
        signed.sex,
        signed.region,
        signed.other_dimensions,
        signed.value,
        signed.value_status,
        signed.published_value,
        signed.published_share_pct,
        signed.published_change_pct,
        signed.is_corrected,
        signed.is_provisional,
        signed.released_on,
        signed.source,
        signed.source_file,
        signed.source_row,
        signed.source_column,
        signed.export_id,
    from signed
    where signed.value_origin = 'published'
    union all by name
    select
        placed.sign,
        'part of a sum' as role,
        placed.period_start,
        placed.period_end,
        placed.measure,
        placed.crime_type,
        placed.age_band,
        placed.sex,
        placed.region,
        placed.other_dimensions,
        placed.value,
        placed.value_status,
        placed.published_value,
        placed.published_share_pct,
        placed.published_change_pct,
        placed.is_corrected,
        placed.is_provisional,
        placed.released_on,
        placed.source,
        placed.source_file,
        placed.source_row,
        placed.source_column,
        placed.export_id,
    from placed
    where placed.own_along = placed.along
)

select
    number.sign,
    number.role,
    number.period_start,
    number.period_end,
    number.measure,
    number.crime_type,
    number.age_band,
    number.sex,
    number.region,
    number.other_dimensions,
    number.value,
    number.value_status,
    number.published_value,
    number.published_share_pct,
    number.published_change_pct,
    number.is_corrected,
    number.is_provisional,
    number.released_on,
    number.source_file,
    number.source_row,
    number.source_column,
    number.export_id,
    exports.sha256,
    exports.encoding,
    exports.is_record_level,
from number
left join exports
    on
        number.source = exports.source
        and number.source_file = exports.source_file
        and number.export_id = exports.export_id
        and exports.is_published
order by
    number.period_start, number.period_end, number.sign desc, number.source_file, number.source_row,
    number.source_column
