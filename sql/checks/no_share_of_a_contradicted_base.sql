-- A share is computed only on a base that all printed shares of its breakdown allow.
select
    source,
    period_start,
    measure,
    crime_type,
    'total' as age_band,
    base_value,
    implied_base_low,
    implied_base_high,
from crime_type_shares
where base_value < implied_base_low or base_value > implied_base_high
union all
select
    source,
    period_start,
    measure,
    crime_type,
    age_band,
    base_value,
    implied_base_low,
    implied_base_high,
from age_distributions
where base_value < implied_base_low or base_value > implied_base_high
