-- How many suspects (or victims) are in their teens, where the printed age bands allow to say so?
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    sex,
    value,
    share_pct,
    no_value_reason,
from age_distributions_in(['10-19'])
where region = 'total'
order by source asc, measure asc, crime_type asc, sex asc, period_start desc
