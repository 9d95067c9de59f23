-- Records counted by the codes of one breakdown: one row per export, period, codes and selection (which
-- of the contract's conditions a record meets). Plain SQL, so that another engine can run it as well.
select
    export_no,
    period,
    crime_type,
    age_band,
    sex,
    region,
    others,
    selection,
    cast(count(*) as bigint) as records
from record
group by
    export_no, period, crime_type, age_band, sex, region, others, selection
