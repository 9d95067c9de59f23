-- Which table macros does the warehouse have, with their parameters, and what does each answer?
select
    relation_name,
    description,
from data_dictionary
where data_type = 'table macro'
order by relation_name
