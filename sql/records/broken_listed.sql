-- The first records of an export that break some of the rules, with each rule that they break.
with listed as (
    select distinct record
    from broken
    where export = $export and rule in (select unnest($rules))
    order by record
    limit $listed
)

select
    broken.record,
    broken.rule,
from broken
inner join listed
    on broken.record = listed.record
where broken.export = $export and broken.rule in (select unnest($rules))
order by broken.record, broken.rule
