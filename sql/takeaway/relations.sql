-- Which relations does the warehouse have, and what does each say of itself?
select
    relation_name,
    schema_name,
    description,
from data_dictionary
where column_name is null and data_type is distinct from 'table macro'
order by schema_name, relation_name
