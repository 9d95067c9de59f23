-- Which published figures are corrected, and does each correction still apply?
-- Grain: one row per correction. It applies while the publisher's current figure is the one that it
-- corrects; once the publisher prints another the correction is left out, and the expectation fails
-- until it is taken out of corrections.yaml.
with figure as (
    select
        *,
        coalesce(other_dimensions, '') as others,
    from staging.observation_current
)

select
    correction.source,
    correction.period_start,
    correction.period_end,
    correction.measure,
    correction.crime_type,
    correction.age_band,
    correction.sex,
    correction.region,
    correction.published_value,
    correction.corrected_value,
    figure.published_value as current_value,
    case
        when figure.source is null then 'not published'
        when figure.published_value = correction.published_value then 'applies'
        when figure.published_value = correction.corrected_value then 'mended'
        else 'published anew'
    end as status,
    correction.reason,
    correction.evidence,
    correction.corrected_by,
    correction.corrected_on,
    figure.released_on,
    figure.export_id,
    correction.other_dimensions,
from correction_entries as correction
left join figure
    on
        correction.source = figure.source
        and correction.period_start = figure.period_start
        and correction.period_end = figure.period_end
        and correction.measure = figure.measure
        and correction.crime_type = figure.crime_type
        and correction.age_band = figure.age_band
        and correction.sex = figure.sex
        and correction.region = figure.region
        and coalesce(correction.other_dimensions, '') = figure.others
order by correction.source, correction.period_start, correction.measure, correction.crime_type
