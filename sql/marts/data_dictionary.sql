-- What does each relation and column mean? One row per relation and column; the row whose
-- column_name is empty describes the relation itself.
with relation as (
    select
        schema_name,
        table_name,
        comment,
    from duckdb_tables()
    where database_name = current_database()
    union all
    select
        schema_name,
        view_name,
        comment,
    from duckdb_views()
    where database_name = current_database() and not internal
)

select
    relation.schema_name,
    relation.table_name as relation_name,
    null::varchar as column_name,
    0 as column_number,
    null::varchar as data_type,
    relation.comment as description,
from relation
union all
select
    schema_name,
    table_name,
    column_name,
    column_index,
    data_type,
    comment,
from duckdb_columns()
where database_name = current_database() and schema_name in ('main', 'staging')
union all
select
    schema_name,
    function_name || '(' || array_to_string(parameters, ', ') || ')' as relation_name,
    null::varchar as column_name,
    0 as column_number,
    'table macro' as data_type,
    comment,
from duckdb_functions()
where
    database_name = current_database()
    and function_type = 'table_macro'
    and not internal
    and schema_name = 'main'
order by 1, 2, 4
