-- Every source that has exports, with what the contract says of it: one row per source; simulated ones last.
select *
from sources
where source in (select exports.source from exports)
order by is_simulated asc, source asc
