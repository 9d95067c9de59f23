-- Each observation comes from a published export, and each such export has all of its own.
select
    exports.source_file,
    exports.export_id,
    exports.observations as expected,
    count(observation.export_id) as found,
from exports
full join observation
    on
        exports.source_file = observation.source_file
        and exports.export_id = observation.export_id
where exports.is_published or exports.source_file is null
group by all
having expected is distinct from found
