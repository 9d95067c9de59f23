-- What was kept out of the warehouse, and why?
select
    exports.source,
    exports.source_file,
    exports.released_on,
    exports.rows_received,
    exports.rows_rejected,
    exports.status,
    coalesce(exports.reason, 'rows of it, see rejected_rows') as reason,
from exports
where exports.status = 'quarantined' or exports.rows_rejected > 0
order by exports.source, exports.source_file
