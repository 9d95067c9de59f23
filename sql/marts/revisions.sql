-- What did later releases change?
-- Grain: one row per figure and pair of consecutive releases of its table that both cover its period
-- and measure, where they differ. kind: revised (another value), renamed (the same value under another
-- label), added (new in a period that was covered before) or withdrawn (no longer given by a release
-- that says all there is).
with export as (
    select *
    from exports
    where is_published
),

figure as (
    select
        observation.*,
        coalesce(observation.other_dimensions, '') as others,
        export.table_name,
        export.scope,
        export.is_complete,
    from observation
    inner join export
        on
            observation.source = export.source
            and observation.source_file = export.source_file
            and observation.export_id = export.export_id
    -- Several files of a release may give the same figure.
    qualify
        row_number() over (
            partition by
                observation.source, export.table_name, export.scope, observation.released_on,
                observation.period_start, observation.period_end, observation.measure,
                observation.crime_type, observation.age_band, observation.sex, observation.region,
                observation.other_dimensions
            order by
                observation.value_status = 'observed' desc,
                observation.source_file asc,
                observation.source_row asc
        ) = 1
),

release as (
    select
        source,
        table_name,
        scope,
        period_start,
        period_end,
        measure,
        released_on as old_released_on,
        lead(released_on) over (
            partition by source, table_name, scope, period_start, period_end, measure
            order by released_on
        ) as new_released_on,
        bool_and(is_complete) as is_old_complete,
        lead(bool_and(is_complete)) over (
            partition by source, table_name, scope, period_start, period_end, measure
            order by released_on
        ) as is_new_complete,
    from figure
    group by source, table_name, scope, period_start, period_end, measure, released_on
),

consecutive as (
    select *
    from release
    where new_released_on is not null
),

old_figure as (
    select
        figure.*,
        consecutive.old_released_on,
        consecutive.new_released_on,
        consecutive.is_old_complete,
        consecutive.is_new_complete,
    from figure
    inner join consecutive
        on
            figure.source = consecutive.source
            and figure.table_name = consecutive.table_name
            and figure.scope = consecutive.scope
            and figure.period_start = consecutive.period_start
            and figure.period_end = consecutive.period_end
            and figure.measure = consecutive.measure
            and figure.released_on = consecutive.old_released_on
),

new_figure as (
    select
        figure.*,
        consecutive.old_released_on,
        consecutive.new_released_on,
        consecutive.is_old_complete,
        consecutive.is_new_complete,
    from figure
    inner join consecutive
        on
            figure.source = consecutive.source
            and figure.table_name = consecutive.table_name
            and figure.scope = consecutive.scope
            and figure.period_start = consecutive.period_start
            and figure.period_end = consecutive.period_end
            and figure.measure = consecutive.measure
            and figure.released_on = consecutive.new_released_on
),

paired as (
    select
        coalesce(new_figure.source, old_figure.source) as source,
        coalesce(new_figure.period_start, old_figure.period_start) as period_start,
        coalesce(new_figure.period_end, old_figure.period_end) as period_end,
        coalesce(new_figure.measure, old_figure.measure) as measure,
        coalesce(new_figure.crime_type, old_figure.crime_type) as crime_type,
        coalesce(new_figure.age_band, old_figure.age_band) as age_band,
        coalesce(new_figure.sex, old_figure.sex) as sex,
        coalesce(new_figure.region, old_figure.region) as region,
        coalesce(new_figure.other_dimensions, old_figure.other_dimensions) as other_dimensions,
        old_figure.value as old_value,
        new_figure.value as new_value,
        old_figure.value_status as old_status,
        new_figure.value_status as new_status,
        (
            old_figure.value is distinct from new_figure.value
            or old_figure.value_status is distinct from new_figure.value_status
        ) as is_other,
        coalesce(new_figure.old_released_on, old_figure.old_released_on) as old_released_on,
        coalesce(new_figure.new_released_on, old_figure.new_released_on) as new_released_on,
        coalesce(new_figure.is_old_complete, old_figure.is_old_complete) as is_old_complete,
        coalesce(new_figure.is_new_complete, old_figure.is_new_complete) as is_new_complete,
        old_figure.export_id as old_export_id,
        new_figure.export_id as new_export_id,
        old_figure.source_file as old_source_file,
        old_figure.source_row as old_source_row,
        old_figure.source_column as old_source_column,
        new_figure.source_file as new_source_file,
        new_figure.source_row as new_source_row,
        new_figure.source_column as new_source_column,
    from old_figure
    full join new_figure
        on
            old_figure.source = new_figure.source
            and old_figure.table_name = new_figure.table_name
            and old_figure.scope = new_figure.scope
            and old_figure.period_start = new_figure.period_start
            and old_figure.period_end = new_figure.period_end
            and old_figure.measure = new_figure.measure
            and old_figure.crime_type = new_figure.crime_type
            and old_figure.age_band = new_figure.age_band
            and old_figure.sex = new_figure.sex
            and old_figure.region = new_figure.region
            and old_figure.others = new_figure.others
            and old_figure.old_released_on = new_figure.old_released_on
),

coded as (
    select
        paired.*,
        code.dimension,
        code.code,
    from paired
    cross join
        unnest(
            [
                struct_pack(dimension := 'measure', code := paired.measure),
                struct_pack(dimension := 'crime_type', code := paired.crime_type),
                struct_pack(dimension := 'age_band', code := paired.age_band),
                struct_pack(dimension := 'sex', code := paired.sex),
                struct_pack(dimension := 'region', code := paired.region)
            ]
        ) as listed (code)
    where paired.old_export_id is not null and paired.new_export_id is not null
),

relabelled as (
    select
        coded.source,
        coded.old_source_file,
        coded.old_source_row,
        coded.old_source_column,
        coded.old_export_id,
        coded.new_export_id,
        coded.new_source_file,
        coded.new_source_row,
        coded.new_source_column,
        string_agg(old_code.label, ', ' order by coded.dimension) as old_label,
        string_agg(new_code.label, ', ' order by coded.dimension) as new_label,
    from coded
    inner join export_codes as old_code
        on
            coded.source = old_code.source
            and coded.old_source_file = old_code.source_file
            and coded.old_export_id = old_code.export_id
            and coded.dimension = old_code.dimension
            and coded.code = old_code.code
            and (
                old_code.measure is null
                or (
                    coded.measure = old_code.measure
                    and coded.period_start = old_code.period_start
                    and coded.period_end = old_code.period_end
                )
            )
    inner join export_codes as new_code
        on
            coded.source = new_code.source
            and coded.new_source_file = new_code.source_file
            and coded.new_export_id = new_code.export_id
            and coded.dimension = new_code.dimension
            and coded.code = new_code.code
            and (
                new_code.measure is null
                or (
                    coded.measure = new_code.measure
                    and coded.period_start = new_code.period_start
                    and coded.period_end = new_code.period_end
                )
            )
    where old_code.label <> new_code.label
    group by all
)

select
    paired.source,
    paired.period_start,
    paired.period_end,
    paired.measure,
    paired.crime_type,
    paired.age_band,
    paired.sex,
    paired.region,
    paired.old_value,
    paired.new_value,
    paired.new_value - paired.old_value as difference,
    100.0 * (paired.new_value - paired.old_value)::double / nullif(paired.old_value, 0) as difference_pct,
    paired.old_released_on,
    paired.new_released_on,
    case
        when paired.new_status is null then 'withdrawn'
        when paired.old_status is null then 'added'
        when paired.is_other then 'revised'
        else 'renamed'
    end as kind,
    relabelled.old_label,
    relabelled.new_label,
    paired.old_status,
    paired.new_status,
    paired.old_export_id,
    paired.new_export_id,
    paired.old_source_file,
    paired.old_source_row,
    paired.old_source_column,
    paired.new_source_file,
    paired.new_source_row,
    paired.new_source_column,
    paired.other_dimensions,
from paired
left join relabelled
    on
        paired.source = relabelled.source
        and paired.old_export_id = relabelled.old_export_id
        and paired.new_export_id = relabelled.new_export_id
        and paired.old_source_file = relabelled.old_source_file
        and paired.new_source_file = relabelled.new_source_file
        and paired.old_source_row = relabelled.old_source_row
        and paired.new_source_row = relabelled.new_source_row
        and paired.old_source_column = relabelled.old_source_column
        and paired.new_source_column = relabelled.new_source_column
where
    (
        paired.new_status is null
        and paired.is_new_complete
        -- What is not counted any more when a release appears is not withdrawn by it.
        and not exists (
            select 1
            from series_breaks as ended
            where
                ended.is_end
                and coalesce(ended.source, paired.source) = paired.source
                and (
                    (ended.dimension = 'crime_type' and ended.code = paired.crime_type)
                    or (ended.dimension = 'region' and ended.code = paired.region)
                    or (ended.dimension = 'measure' and ended.code = paired.measure)
                )
                and paired.period_end < ended.break_on
                and ended.break_on <= paired.new_released_on
        )
    )
    or (paired.old_status is null and paired.is_old_complete)
    or (
        paired.old_status is not null
        and paired.new_status is not null
        and (paired.is_other or relabelled.old_label is not null)
    )
order by
    paired.source, paired.new_released_on, paired.period_start, paired.measure, paired.crime_type,
    paired.age_band, paired.sex, paired.region
