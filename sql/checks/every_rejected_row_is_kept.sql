-- rejected_rows holds each rejected row of each export.
select
    exports.source_file,
    exports.export_id,
    exports.rows_rejected,
    count(distinct rejected_rows.source_row) as rows_kept,
from exports
left join rejected_rows
    on
        exports.source_file = rejected_rows.source_file
        and exports.export_id = rejected_rows.export_id
group by all
having rows_kept <> exports.rows_rejected
