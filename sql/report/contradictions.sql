-- Published figures that contradict each other: of each source the newest, and how many there are; with
-- the sum of the parts, and the other source where two disagree.
with shown as (
    select
        *,
        count(*) over (partition by source) as found,
    from reconciliations
    where verdict = 'contradicts'
    qualify
        row_number() over (partition by source order by period_end desc, kind asc, explanation asc) <= $rows
),

sums as (
    select
        source,
        period_start,
        period_end,
        measure,
        crime_type,
        age_band,
        sex,
        region,
        dimension,
        max(recomputed_low) as sum_of_parts,
    from reconciliations
    where kind = 'sum_of_parts'
    group by all
)

select
    shown.source,
    shown.period_start,
    shown.period_end,
    shown.kind,
    shown.measure,
    shown.crime_type,
    shown.age_band,
    shown.sex,
    shown.region,
    shown.dimension,
    shown.published,
    shown.recomputed_low,
    shown.recomputed_high,
    shown.explanation,
    shown.found,
    sums.sum_of_parts,
    shown.their_source,
from shown
left join sums
    on
        shown.source = sums.source
        and shown.period_start = sums.period_start
        and shown.period_end = sums.period_end
        and shown.measure = sums.measure
        and shown.crime_type = sums.crime_type
        and shown.age_band = sums.age_band
        and shown.sex = sums.sex
        and shown.region = sums.region
        and shown.dimension = sums.dimension
order by shown.source asc, shown.period_end desc, shown.kind asc, shown.explanation asc
