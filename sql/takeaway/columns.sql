-- What does each column of one relation mean?
select
    column_name,
    data_type,
    description,
from data_dictionary
where schema_name = $schema and relation_name = $relation and column_name is not null
order by column_number
