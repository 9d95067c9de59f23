-- Percentages of one measure of another, with both figures where they are published.
select
    figure.source,
    figure.period_start,
    figure.period_end,
    figure.measure,
    figure.crime_type,
    figure.age_band,
    figure.sex,
    figure.region,
    figure.other_dimensions,
    figure.published_share_pct,
    figure.published_value,
    ratio.of_measure,
    whole.published_value as whole_value,
    figure.export_id,
from staging.observation_current as figure
inner join ratios as ratio
    on
        figure.source = ratio.source
        and figure.source_file = ratio.source_file
        and figure.export_id = ratio.export_id
        and figure.measure = ratio.measure
left join staging.observation_current as whole
    on
        figure.source = whole.source
        and figure.period_start = whole.period_start
        and figure.period_end = whole.period_end
        and ratio.of_measure = whole.measure
        and figure.crime_type = whole.crime_type
        and figure.age_band = whole.age_band
        and figure.sex = whole.sex
        and figure.region = whole.region
        and figure.other_dimensions is not distinct from whole.other_dimensions
where figure.published_share_pct is not null
