-- Which figures contracts say should be the same.
select
    cast(agreement as varchar) as agreement,
    cast(source as varchar) as source,
    cast(measure as varchar) as measure,
    cast(crime_type as varchar) as crime_type,
    cast(age_band as varchar) as age_band,
    cast(sex as varchar) as sex,
    cast(region as varchar) as region,
    cast(other_dimensions as varchar) as other_dimensions,
    cast(their_source as varchar) as their_source,
    cast(their_measure as varchar) as their_measure,
    cast(their_crime_type as varchar) as their_crime_type,
    cast(their_age_band as varchar) as their_age_band,
    cast(their_sex as varchar) as their_sex,
    cast(their_region as varchar) as their_region,
    cast(their_other_dimensions as varchar) as their_other_dimensions,
    cast(tolerance_pct as double) as tolerance_pct,
    cast(because as varchar) as because,
from input_agreements
order by source, agreement, measure
