-- Published figures that contradict each other, newest first, for the end of a run.
select
    source,
    period_start,
    period_end,
    claim,
    explanation,
from reconciliations
where verdict = 'contradicts'
order by period_end desc, source asc, kind asc
limit $rows
