-- How many records of an export break some of the rules.
select count(distinct record) as records
from broken
where export = $export and rule in (select unnest($rules))
