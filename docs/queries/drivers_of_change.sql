-- Which types of crime drive the change of a total? Contributions are percentage points of the total's
-- change.
select
    source,
    measure,
    period_start,
    crime_type,
    change,
    change_pct,
    contribution_pp,
from arrest_trends
where region = 'total' and crime_type <> 'total' and contribution_pp is not null
qualify
    row_number() over (
        partition by source, measure, period_start, period_end
        order by abs(contribution_pp) desc, crime_type asc
    ) <= 3
order by source asc, measure asc, period_start desc, abs(contribution_pp) desc
