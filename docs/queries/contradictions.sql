-- Which figures of a publisher contradict each other, and how?
select
    source,
    period_start,
    period_end,
    kind,
    claim,
    explanation,
from reconciliations
where verdict = 'contradicts'
order by source asc, period_start desc, kind asc
