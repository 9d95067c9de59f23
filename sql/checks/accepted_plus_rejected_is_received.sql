-- Every data row of every export is either accepted or rejected.
select
    source,
    source_file,
    rows_received,
    rows_accepted,
    rows_rejected,
from exports
where rows_accepted + rows_rejected <> rows_received
