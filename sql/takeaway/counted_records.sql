-- What does a number of a record-level export count, and in how many rows?
select
    record_measures.definition,
    exports.rows_accepted,
    exports.rows_received,
from record_measures
inner join exports
    on
        record_measures.source = exports.source
        and record_measures.source_file = exports.source_file
        and record_measures.export_id = exports.export_id
where
    record_measures.source = $source
    and record_measures.measure = $measure
    and record_measures.source_file = $source_file
    and record_measures.export_id = $export_id
    and exports.is_published
