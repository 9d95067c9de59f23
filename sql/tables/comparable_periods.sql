-- The same period a year earlier, for every period; computed in pipelines/periods.py.
select
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(previous_period_start as date) as previous_period_start,
    cast(previous_period_end as date) as previous_period_end,
from input_comparable_periods
order by period_start, period_end
