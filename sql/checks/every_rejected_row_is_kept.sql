-- rejected_rows holds each rejected row of each export.
select
    exports.source_file,
    exports.reading_id,
    exports.rows_rejected,
    count(distinct rejected_rows.source_row) filter (where rejected_rows.raw_row is not null)
        as rows_kept,
from exports
left join rejected_rows on exports.reading_id = rejected_rows.reading_id
group by all
having rows_kept <> exports.rows_rejected
