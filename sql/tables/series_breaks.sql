-- From which days a code counts something else than before.
select
    cast(dimension as varchar) as dimension,
    cast(code as varchar) as code,
    cast(source as varchar) as source,
    cast(break_on as date) as break_on,
    cast(note as varchar) as note,
    cast(is_end as boolean) as is_end,
from input_series_breaks
order by dimension, code, source, break_on
