-- How many records of each export break each rule.
select
    export,
    rule,
    count(*) as records,
from broken
group by export, rule
