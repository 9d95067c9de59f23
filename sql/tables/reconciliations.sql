-- Whether the publisher's own figures agree with each other.
select
    cast(source as varchar) as source,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(kind as varchar) as kind,
    cast(claim as varchar) as claim,
    cast(published as double) as published,
    cast(recomputed_low as double) as recomputed_low,
    cast(recomputed_high as double) as recomputed_high,
    cast(verdict as varchar) as verdict,
    cast(explanation as varchar) as explanation,
    cast(measure as varchar) as measure,
    cast(crime_type as varchar) as crime_type,
    cast(age_band as varchar) as age_band,
    cast(sex as varchar) as sex,
    cast(region as varchar) as region,
    cast(export_id as varchar) as export_id,
from input_reconciliations
order by
    source asc,
    period_start desc,
    period_end desc,
    kind asc,
    measure asc,
    crime_type asc,
    age_band asc,
    sex asc,
    region asc
