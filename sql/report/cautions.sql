-- What else a reader must know of: exports that are kept out, corrections that do not hold any more, and
-- expectations on exports that are not met: one row per caution.
select
    source,
    'quarantined' as kind,
    source_file,
    reason as said,
    released_on,
    period_start,
    period_end,
    cast(null as varchar) as check_name,
    cast(null as bigint) as evaluated,
    cast(null as bigint) as unexpected,
    cast(null as varchar) as examples,
from exports
where status = 'quarantined'
union all
select
    source,
    case status when 'applies' then 'corrected' else 'stale_correction' end as kind,
    null as source_file,
    format('{} → {}: {}', published_value, corrected_value, reason) as said,
    null as released_on,
    period_start,
    period_end,
    null as check_name,
    null as evaluated,
    null as unexpected,
    null as examples,
from corrections
union all
select
    found.source,
    'unmet_expectation' as kind,
    found.source_file,
    found.explanation as said,
    exports.released_on,
    exports.period_start,
    exports.period_end,
    found.check_name,
    found.evaluated,
    found.unexpected,
    found.examples,
from check_results as found
left join exports
    on
        found.source = exports.source
        and found.source_file = exports.source_file
        and found.export_id = exports.export_id
where found.subject = 'export' and found.verdict <> 'passed' and found.severity <> 'critical'
order by source, kind, period_start, source_file, said
