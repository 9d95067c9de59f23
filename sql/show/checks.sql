-- How many checks of each severity passed, failed and errored, for `caseload status`.
select
    subject,
    severity,
    count(*) filter (where verdict = 'passed') as passed,
    count(*) filter (where verdict = 'failed') as failed,
    count(*) filter (where verdict = 'errored') as errored,
from check_results
group by subject, severity
order by subject, severity
limit $rows
