-- Why an export was refused, each reason once; rows that only share its fate aside.
select distinct
    rule,
    reason,
from read_parquet($readings)
where rule <> 'export_quarantined'
order by rule, reason
