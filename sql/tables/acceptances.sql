-- Releases that lose or restate figures and were accepted all the same, with who, when and why.
select
    cast(source as varchar) as source,
    cast(source_file as varchar) as source_file,
    cast(export_id as varchar) as export_id,
    cast(finding as varchar) as finding,
    cast(reason as varchar) as reason,
    cast(accepted_by as varchar) as accepted_by,
    cast(accepted_on as date) as accepted_on,
from input_acceptances
order by source, accepted_on, source_file, finding
