-- How many figures the latest release of each source changed, by kind, for the end of a run.
with latest as (
    select *
    from revisions
    where list_contains($sources, source)
    qualify new_released_on = max(new_released_on) over (partition by source)
)

select
    source,
    new_released_on,
    old_released_on,
    count(*) filter (where kind = 'revised') as revised,
    count(*) filter (where kind = 'added') as added,
    count(*) filter (where kind = 'withdrawn') as withdrawn,
    count(*) filter (where kind = 'renamed') as renamed,
from latest
group by all
order by source, old_released_on
limit $rows
