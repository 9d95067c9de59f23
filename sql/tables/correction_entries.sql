-- Corrections as they were entered; corrections says what has become of each.
select
    cast(source as varchar) as source,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(measure as varchar) as measure,
    cast(crime_type as varchar) as crime_type,
    cast(age_band as varchar) as age_band,
    cast(sex as varchar) as sex,
    cast(region as varchar) as region,
    cast(other_dimensions as varchar) as other_dimensions,
    cast(published_value as bigint) as published_value,
    cast(corrected_value as bigint) as corrected_value,
    cast(reason as varchar) as reason,
    cast(evidence as varchar) as evidence,
    cast(corrected_by as varchar) as corrected_by,
    cast(corrected_on as date) as corrected_on,
from input_correction_entries
order by source, period_start, measure, crime_type, age_band, sex, region
