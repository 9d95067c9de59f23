-- What share of the cases of each type was cleared? cleared_pct is computed where both counts are
-- published; published_cleared_pct is the publisher's rate, which some print without the count of cases
-- cleared. A case may be cleared in a later year than it came in, so that a rate can exceed 100.
with printed_rates as (
    select
        reconciliations.source,
        reconciliations.period_start,
        reconciliations.period_end,
        reconciliations.crime_type,
        reconciliations.region,
        reconciliations.published,
    from reconciliations
    inner join ratios
        on
            reconciliations.source = ratios.source
            and reconciliations.export_id = ratios.export_id
            and reconciliations.measure = ratios.measure
    where
        reconciliations.kind = 'ratio'
        and ratios.measure = 'cases_cleared'
        and ratios.of_measure = 'cases'
        and reconciliations.age_band = 'total'
        and reconciliations.sex = 'total'
        and reconciliations.dimension is null
)

select
    cases.source,
    cases.period_start,
    cases.period_end,
    cases.crime_type,
    cases.region,
    cases.value as cases_received,
    cleared.value as cases_cleared,
    100.0 * cleared.value / nullif(cases.value, 0) as cleared_pct,
    printed_rates.published as published_cleared_pct,
from arrest_trends as cases
inner join arrest_trends as cleared
    on
        cases.source = cleared.source
        and cases.period_start = cleared.period_start
        and cases.period_end = cleared.period_end
        and cases.crime_type = cleared.crime_type
        and cases.region = cleared.region
left join printed_rates
    on
        cases.source = printed_rates.source
        and cases.period_start = printed_rates.period_start
        and cases.period_end = printed_rates.period_end
        and cases.crime_type = printed_rates.crime_type
        and cases.region = printed_rates.region
where cases.measure = 'cases' and cleared.measure = 'cases_cleared'
qualify
    cases.region = 'total'
    or not bool_or(cases.region = 'total') over (
        partition by cases.source, cases.period_start, cases.period_end
    )
order by cases.source asc, cases.period_start desc, cases.region asc, cases.value desc
