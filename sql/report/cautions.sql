-- What else a reader must know of: exports that are kept out, corrections that do not hold any more, and
-- expectations on exports that are not met: one row per caution.
select
    source,
    'quarantined' as kind,
    source_file,
    reason as said,
from exports
where status = 'quarantined'
union all
select
    source,
    case status when 'applies' then 'corrected' else 'stale_correction' end as kind,
    null as source_file,
    format('{} → {}: {}', published_value, corrected_value, reason) as said,
from corrections
union all
select
    source,
    'unmet_expectation' as kind,
    source_file,
    explanation as said,
from check_results
where subject = 'export' and verdict <> 'passed' and severity <> 'critical'
order by source, kind, source_file, said
