-- Which publication is this, and when was it built?
select
    publication_id,
    published_at,
    caseload_version,
    contradictions,
from publication
