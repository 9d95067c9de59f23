-- Which build this is.
select
    cast(publication_id as varchar) as publication_id,
    cast(published_at as timestamp) as published_at,
    cast(inputs_sha256 as varchar) as inputs_sha256,
    cast(caseload_version as varchar) as caseload_version,
    cast(duckdb_version as varchar) as duckdb_version,
    cast(exports_published as bigint) as exports_published,
    cast(exports_quarantined as bigint) as exports_quarantined,
    cast(observations as bigint) as observations,
    cast(contradictions as bigint) as contradictions,
from input_publication
