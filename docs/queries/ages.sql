-- How old are the suspects (or victims) of the latest period of each source?
select
    source,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    value,
    share_pct,
    published_share_pct,
    cumulative_pct,
from age_distributions
where sex = 'total' and region = 'total' and part_of is null
qualify period_end = max(period_end) over (partition by source, measure)
order by source, measure, crime_type, age_low nulls last, age_band
