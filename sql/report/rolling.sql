-- Sums of twelve months, of all crime types and regions together or else of the largest: one row per source,
-- measure and last month.
with sized as (
    select
        source,
        measure,
        crime_type,
        region,
        sum(value) as size,
    from rolling_twelve_months
    group by source, measure, crime_type, region
),

chosen as (
    select
        source,
        measure,
        crime_type,
        region,
    from sized
    where size is not null
    qualify row_number() over (
        partition by source, measure
        order by crime_type = 'total' desc, region = 'total' desc, size desc, crime_type asc, region asc
    ) = 1
)

select
    rolling.source,
    rolling.measure,
    rolling.crime_type,
    rolling.region,
    rolling.period_start,
    rolling.period_end,
    rolling.value,
    rolling.previous_value,
    rolling.change_pct,
    rolling.no_change_reason,
    rolling.is_unfinished,
from rolling_twelve_months as rolling
inner join chosen
    on
        rolling.source = chosen.source
        and rolling.measure = chosen.measure
        and rolling.crime_type = chosen.crime_type
        and rolling.region = chosen.region
qualify
    row_number() over (partition by rolling.source, rolling.measure order by rolling.period_end desc) <= $rows
order by rolling.source asc, rolling.measure asc, rolling.period_end asc
