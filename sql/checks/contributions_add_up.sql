-- The contributions of all crime types add up to the change of their sum, in percentage points.
select
    source,
    period_start,
    period_end,
    measure,
    region,
    any_value(contribution_pp) filter (where crime_type = 'total') as whole,
    sum(contribution_pp) filter (where crime_type <> 'total') as parts,
from arrest_trends
group by source, period_start, period_end, measure, region
having
    bool_or(value_origin = 'sum_of_parts' and contribution_pp is not null)
    and abs(whole - parts) > 1e-6
