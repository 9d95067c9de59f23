-- Which types of crime make up most of the latest period of each source? The published percentage
-- stands beside the computed one; base_kind says what it is a share of. Of all regions together, or,
-- where no such figure is published, of each.
with outermost as (
    select *
    from crime_type_shares
    where part_of is null
    qualify
        period_end = max(period_end) over (partition by source, measure)
        and (
            region = 'total'
            or not bool_or(region = 'total') over (
                partition by source, measure, period_start, period_end
            )
        )
)

select
    source,
    period_start,
    period_end,
    measure,
    region,
    crime_type,
    value,
    share_pct,
    published_share_pct,
    base_kind,
from outermost
where value is not null
qualify
    row_number() over (
        partition by source, measure, region, period_start, period_end
        order by value desc, crime_type asc
    ) <= 5
order by source, measure, region, period_start, value desc, crime_type
