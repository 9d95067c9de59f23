-- Every source that has exports here: who publishes it, under which terms, whether it is simulated, and when
-- its next edition is due by its calendar.
select
    cast(source as varchar) as source,
    cast(title as varchar) as title,
    cast(publisher as varchar) as publisher,
    cast(title_ko as varchar) as title_ko,
    cast(publisher_ko as varchar) as publisher_ko,
    cast(licence as varchar) as licence,
    cast(homepage as varchar) as homepage,
    cast(notes as varchar) as notes,
    cast(kind as varchar) as kind,
    cast(is_simulated as boolean) as is_simulated,
    cast(next_period_end as date) as next_period_end,
    cast(next_due_on as date) as next_due_on,
    cast(next_late_after as date) as next_late_after,
from input_sources
order by source
