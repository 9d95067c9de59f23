-- Every source that has exports here: who publishes it, under which terms, and whether it is simulated.
select
    cast(source as varchar) as source,
    cast(title as varchar) as title,
    cast(publisher as varchar) as publisher,
    cast(licence as varchar) as licence,
    cast(homepage as varchar) as homepage,
    cast(notes as varchar) as notes,
    cast(kind as varchar) as kind,
    cast(is_simulated as boolean) as is_simulated,
from input_sources
order by source
