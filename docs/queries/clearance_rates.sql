-- What share of the cases of each type was cleared? Where the publisher prints a rate, see
-- reconciliations (ratio). A case may be cleared in a later year than it came in, so that a rate can
-- exceed 100.
select
    cases.source,
    cases.period_start,
    cases.period_end,
    cases.crime_type,
    cases.value as cases_received,
    cleared.value as cases_cleared,
    100.0 * cleared.value / nullif(cases.value, 0) as cleared_pct,
from arrest_trends as cases
inner join arrest_trends as cleared
    on
        cases.source = cleared.source
        and cases.period_start = cleared.period_start
        and cases.period_end = cleared.period_end
        and cases.crime_type = cleared.crime_type
        and cases.region = cleared.region
where cases.measure = 'cases' and cleared.measure = 'cases_cleared' and cases.region = 'total'
order by cases.source asc, cases.period_start desc, cases.value desc
