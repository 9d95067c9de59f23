-- How was a figure come by: printed, a sum of parts, a difference, a sum of periods?
select
    value,
    value_status,
    value_origin,
    period_kind,
    published_value,
    is_corrected,
from staging.period_figure
where
    source = $source
    and measure = $measure
    and period_start = $period_start
    and period_end = $period_end
    and crime_type = $crime_type
    and region = $region
    and age_band = $age_band
    and sex = $sex
    and others = ''
