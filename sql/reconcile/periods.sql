-- Published figures of quarters, halves and years beside the sum of the published months (quarters,
-- halves) that they consist of, where all of these are published.
with figure as (
    select
        *,
        case
            when day(period_start) <> 1 or period_end <> last_day(period_end) then 0
            when datediff('month', period_start, period_end) = 0 then 1
            when datediff('month', period_start, period_end) = 2 and month(period_start) % 3 = 1 then 3
            when datediff('month', period_start, period_end) = 5 and month(period_start) % 6 = 1 then 6
            when datediff('month', period_start, period_end) = 11 and month(period_start) = 1 then 12
            when is_cumulative then datediff('month', period_start, period_end) + 1
            else 0
        end as months,
    from staging.observation_current
    where is_additive
)

select
    whole.source,
    whole.period_start,
    whole.period_end,
    whole.measure,
    whole.crime_type,
    whole.age_band,
    whole.sex,
    whole.region,
    whole.other_dimensions,
    whole.published_value,
    part.months as part_months,
    count(*) as part_count,
    count(part.published_value) as known_count,
    cast(sum(part.published_value) as bigint) as sum_of_parts,
    whole.export_id,
from figure as whole
inner join figure as part
    on
        whole.source = part.source
        and whole.measure = part.measure
        and whole.crime_type = part.crime_type
        and whole.age_band = part.age_band
        and whole.sex = part.sex
        and whole.region = part.region
        and whole.other_dimensions is not distinct from part.other_dimensions
        and whole.period_start <= part.period_start
        and whole.period_end >= part.period_end
        and whole.months > part.months
where
    whole.months > 1
    and whole.published_value is not null
    and part.months in (1, 3, 6)
    and (not part.is_cumulative or part.months = 1)
group by all
having count(*) * part.months = any_value(whole.months)
