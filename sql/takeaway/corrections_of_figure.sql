-- Which corrections are there of the published numbers that a figure is made of?
select
    published_value,
    corrected_value,
    current_value,
    status,
    reason,
    evidence,
    corrected_by,
    corrected_on,
    crime_type,
    region,
    age_band,
    sex,
from corrections
where
    source = $source
    and measure = $measure
    and period_start >= $period_start
    and period_end <= $period_end
    and (crime_type = $crime_type or $crime_type = 'total')
    and (region = $region or $region = 'total')
    and (age_band = $age_band or $age_band = 'total')
    and (sex = $sex or $sex = 'total')
