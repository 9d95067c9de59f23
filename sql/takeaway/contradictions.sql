-- Which published figures contradict each other, newest first?
select
    source,
    period_start,
    period_end,
    explanation,
from reconciliations
where verdict = 'contradicts'
order by source asc, period_start desc, period_end desc, explanation asc
