-- How old are the suspects (or victims) of the latest period of each source? Of all regions and both
-- sexes together, or, where no such figure is published, of each.
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    region,
    sex,
    age_band,
    value,
    share_pct,
    published_share_pct,
    cumulative_pct,
from age_distributions
where part_of is null
qualify
    period_end = max(period_end) over (partition by source, measure)
    and (
        region = 'total'
        or not bool_or(region = 'total') over (
            partition by source, measure, period_start, period_end
        )
    )
    and (
        sex = 'total'
        or not bool_or(sex = 'total') over (
            partition by source, measure, region, period_start, period_end
        )
    )
order by source, measure, crime_type, region, sex, age_low nulls last, age_band
