-- How many different values of a field the records of a selection have, by the codes of one breakdown:
-- one row per export, period, measure and codes. These never add up, so each breakdown is counted by
-- itself.
select
    record.export_no,
    record.period,
    selected.measure,
    record.crime_type,
    record.age_band,
    record.sex,
    record.region,
    record.others,
    cast(count(distinct case when selected.is_counted = 1 then record.counted end) as bigint) as value
from record
inner join selected
    on record.selection = selected.selection
group by
    record.export_no,
    record.period,
    selected.measure,
    record.crime_type,
    record.age_band,
    record.sex,
    record.region,
    record.others
