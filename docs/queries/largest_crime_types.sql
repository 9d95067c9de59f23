-- Which types of crime make up most of the latest period of each source? The published percentage
-- stands beside the computed one; base_kind says what it is a share of.
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    value,
    share_pct,
    published_share_pct,
    base_kind,
from crime_type_shares
where part_of is null and region = 'total' and value is not null
qualify
    period_end = max(period_end) over (partition by source, measure)
    and row_number() over (
        partition by source, measure, period_start, period_end
        order by value desc, crime_type asc
    ) <= 5
order by source, measure, period_start, value desc
