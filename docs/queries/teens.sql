-- How many suspects (or victims) are in their teens, where the printed age bands allow to say so? Of
-- all regions together, or, where no such figure is published, of each.
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    region,
    sex,
    value,
    share_pct,
    no_value_reason,
from age_distributions_in(['10-19'])
qualify
    region = 'total'
    or not bool_or(region = 'total') over (
        partition by source, measure, period_start, period_end
    )
order by source asc, measure asc, crime_type asc, region asc, sex asc, period_start desc
