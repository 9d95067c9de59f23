-- What share of the cases (suspects, …) is each type of crime?
-- Grain: one row per source, period, measure, region and crime type; the total is no row here.
-- share_pct is empty where the publisher's figures leave no base that nothing contradicts; the
-- percentage that was printed always stands beside it.
with figure as (
    select *
    from staging.observation_current
    where
        crime_type <> 'total'
        and age_band = 'total'
        and sex = 'total'
        and other_dimensions is null
),

part as (
    select *
    from staging.breakdown_part
    where dimension = 'crime_type'
),

base as (
    select *
    from staging.breakdown_base
    where
        dimension = 'crime_type'
        and whole_age_band = 'total'
        and sex = 'total'
        and other_dimensions is null
)

select
    figure.source,
    figure.period_start,
    figure.period_end,
    figure.measure,
    figure.region,
    figure.crime_type,
    figure.value,
    base.base_value,
    base.base_kind,
    100.0 * figure.value::double / nullif(base.base_value, 0) as share_pct,
    part.published_share_pct::double as published_share_pct,
    base.implied_base_low,
    base.implied_base_high,
    figure.export_id,
    figure.released_on,
    figure.value_status,
    figure.is_provisional,
    figure.source_file,
    figure.source_row,
    figure.source_column,
from figure
inner join
    base
    on
        figure.source = base.source
        and figure.period_start = base.period_start
        and figure.period_end = base.period_end
        and figure.measure = base.measure
        and figure.region = base.region
inner join part
    on
        figure.source = part.source
        and figure.period_start = part.period_start
        and figure.period_end = part.period_end
        and figure.measure = part.measure
        and figure.region = part.region
        and figure.crime_type = part.part_code
        and part.whole_age_band = 'total'
        and part.sex = 'total'
        and part.other_dimensions is null
order by
    figure.source asc, figure.period_start asc, figure.period_end asc, figure.measure asc, figure.region asc,
    figure.value desc, figure.crime_type asc
