-- Of each staged record with a cell that is not of its type, the place of the field.
select
    file_row_number,
    caseload_unreadable,
from read_parquet($parquet, file_row_number = true)
where caseload_unreadable is not null
