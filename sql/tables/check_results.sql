-- What every expectation and check found.
select
    cast(subject as varchar) as subject,
    cast(source as varchar) as source,
    cast(source_file as varchar) as source_file,
    cast(export_id as varchar) as export_id,
    cast(relation as varchar) as relation,
    cast(check_name as varchar) as check_name,
    cast(severity as varchar) as severity,
    cast(verdict as varchar) as verdict,
    cast(evaluated as bigint) as evaluated,
    cast(unexpected as bigint) as unexpected,
    cast(explanation as varchar) as explanation,
    cast(examples as varchar) as examples,
from input_check_results
order by subject, source, source_file, relation, check_name
