-- Where the outermost types have contributions, in percentage points, they add up to the change of the
-- whole.
with outermost as (
    select
        source,
        code,
    from export_codes
    where dimension = 'crime_type'
    group by all
    having bool_and(whole_code = 'total')
),

part as (
    select
        trend.source,
        trend.period_start,
        trend.period_end,
        trend.measure,
        trend.region,
        sum(trend.contribution_pp) as parts,
        sum(trend.value) as total,
    from arrest_trends as trend
    inner join outermost
        on trend.source = outermost.source and trend.crime_type = outermost.code
    where trend.contribution_pp is not null
    group by all
)

select
    part.source,
    part.period_start,
    part.period_end,
    part.measure,
    part.region,
    part.parts,
    whole.contribution_pp as whole,
from part
inner join arrest_trends as whole
    on
        part.source = whole.source
        and part.period_start = whole.period_start
        and part.period_end = whole.period_end
        and part.measure = whole.measure
        and part.region = whole.region
where
    whole.crime_type = 'total'
    and part.total = whole.value
    and abs(whole.contribution_pp - part.parts) > 1e-6
