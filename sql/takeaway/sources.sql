-- Where do the figures come from: every source with what it covers and its latest release?
select
    source,
    title,
    publisher,
    licence,
    homepage,
    citation,
    notes,
    is_simulated,
    covers_from as period_start,
    covers_until as period_end,
    latest_released_on as released_on,
from sources
order by source
