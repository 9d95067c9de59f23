-- What did each release say of a figure, the latest first?
select
    ranked.released_on,
    ranked.published_value,
    ranked.value,
    ranked.value_status,
    ranked.published_share_pct,
    ranked.is_current,
    ranked.is_corrected,
    ranked.superseded_on,
    ranked.source_file,
    ranked.source_row,
    ranked.source_column,
    ranked.export_id,
from staging.observation_ranked as ranked
where
    ranked.source = $source
    and ranked.measure = $measure
    and ranked.period_start = $period_start
    and ranked.period_end = $period_end
    and ranked.crime_type = $crime_type
    and ranked.region = $region
    and ranked.age_band = $age_band
    and ranked.sex = $sex
    and ranked.other_dimensions is not distinct from $other_dimensions
order by ranked.released_on desc, ranked.source_file asc, ranked.source_row asc
