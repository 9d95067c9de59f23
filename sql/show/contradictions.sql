-- Published figures that contradict each other, for the end of a run: of every source in turn the newest.
select
    source,
    period_start,
    period_end,
    claim,
    explanation,
    count(*) over () as found,
from reconciliations
where verdict = 'contradicts' and list_contains($sources, source)
order by
    row_number() over (
        partition by source
        order by period_end desc, kind asc, explanation asc
    ) asc,
    source asc
limit $rows
