-- Each observation comes from a published export, and each such export has all of its own.
with published as (
    select *
    from exports
    where is_published
)

select
    published.source_file,
    published.export_id,
    published.observations as expected,
    count(observation.export_id) as found,
from published
full join observation
    on
        published.source_file = observation.source_file
        and published.export_id = observation.export_id
group by all
having expected is distinct from found
