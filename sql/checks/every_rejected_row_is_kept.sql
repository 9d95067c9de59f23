-- rejected_rows holds each rejected row of each export; of record-level exports that were quarantined
-- whole, those that exports counts as listed.
select
    exports.source_file,
    exports.reading_id,
    coalesce(exports.rows_listed, exports.rows_rejected) as rows_rejected,
    count(distinct rejected_rows.source_row) filter (where rejected_rows.raw_row is not null)
        as rows_kept,
from exports
left join rejected_rows on exports.reading_id = rejected_rows.reading_id
group by all
having rows_kept <> coalesce(exports.rows_listed, exports.rows_rejected)
