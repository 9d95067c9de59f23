-- The contributions of the outermost parts add up to the change of their sum, in percentage points; of each
-- export that has all parts, where the sum is its own.
with part as (
    select
        arrest_trends.*,
        crime_type_shares.base_value,
    from arrest_trends
    inner join crime_type_shares
        on
            arrest_trends.source = crime_type_shares.source
            and arrest_trends.period_start = crime_type_shares.period_start
            and arrest_trends.period_end = crime_type_shares.period_end
            and arrest_trends.measure = crime_type_shares.measure
            and arrest_trends.region = crime_type_shares.region
            and arrest_trends.crime_type = crime_type_shares.crime_type
    where crime_type_shares.base_kind = 'sum_of_parts' and crime_type_shares.part_of is null
),

whole as (
    select *
    from arrest_trends
    where crime_type = 'total' and value_origin = 'sum_of_parts' and contribution_pp is not null
)

select
    part.source,
    part.period_start,
    part.period_end,
    part.measure,
    part.region,
    part.source_file,
    any_value(whole.contribution_pp) as whole,
    sum(part.contribution_pp) as parts,
from part
inner join whole
    on
        part.source = whole.source
        and part.period_start = whole.period_start
        and part.period_end = whole.period_end
        and part.measure = whole.measure
        and part.region = whole.region
        and part.export_id = whole.export_id
group by part.source, part.period_start, part.period_end, part.measure, part.region, part.source_file
having
    abs(any_value(whole.contribution_pp) - sum(part.contribution_pp)) > 1e-6
    and bool_and(part.contribution_pp is not null)
