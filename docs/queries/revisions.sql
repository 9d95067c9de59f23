-- Which figures did later releases change, the largest changes first?
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    kind,
    old_value,
    new_value,
    difference,
    difference_pct,
    old_released_on,
    new_released_on,
from revisions
order by abs(difference) desc nulls last, source asc, period_start asc
