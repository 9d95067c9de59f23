-- Published figures that contradict each other: of each source the newest, and how many there are.
select
    source,
    period_start,
    period_end,
    kind,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    dimension,
    claim,
    published,
    recomputed_low,
    recomputed_high,
    explanation,
    count(*) over (partition by source) as found,
from reconciliations
where verdict = 'contradicts'
qualify row_number() over (partition by source order by period_end desc, kind asc, explanation asc) <= $rows
order by source asc, period_end desc, kind asc, explanation asc
