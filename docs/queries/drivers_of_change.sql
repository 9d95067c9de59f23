-- Which types of crime drive the change of a total? Contributions are percentage points of the total's
-- change, of all regions together, or, where no such figure is published, of each.
with outermost as (
    select *
    from arrest_trends
    qualify
        region = 'total'
        or not bool_or(region = 'total') over (
            partition by source, measure, period_start, period_end
        )
)

select
    source,
    measure,
    region,
    period_start,
    crime_type,
    change,
    change_pct,
    contribution_pp,
from outermost
where crime_type <> 'total' and contribution_pp is not null
qualify
    row_number() over (
        partition by source, measure, region, period_start, period_end
        order by abs(contribution_pp) desc, crime_type asc
    ) <= 3
order by
    source asc, measure asc, region asc, period_start desc, abs(contribution_pp) desc, crime_type asc
