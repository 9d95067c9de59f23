-- Counts of additive measures, summed to every breakdown that is a part of the counted one: one row per
-- export, period, measure and codes. kept says which dimensions a breakdown keeps and what is left of a
-- source's own ones; selected says which selections a measure counts. A measure that counts none of the
-- records is zero. Periods and codes are numbers that stand for them; 0 is the total.
select
    counted.export_no,
    counted.period,
    selected.measure,
    case when kept.crime_type = 1 then counted.crime_type else 0 end as crime_type,
    case when kept.age_band = 1 then counted.age_band else 0 end as age_band,
    case when kept.sex = 1 then counted.sex else 0 end as sex,
    case when kept.region = 1 then counted.region else 0 end as region,
    kept.others_kept as others,
    cast(sum(counted.records * selected.is_counted) as bigint) as value
from counted
inner join kept
    on counted.others = kept.others
inner join selected
    on counted.selection = selected.selection
group by
    counted.export_no,
    counted.period,
    selected.measure,
    case when kept.crime_type = 1 then counted.crime_type else 0 end,
    case when kept.age_band = 1 then counted.age_band else 0 end,
    case when kept.sex = 1 then counted.sex else 0 end,
    case when kept.region = 1 then counted.region else 0 end,
    kept.others_kept
