-- From which days a code counts something else than before: one row per source, code and break.
select
    sources.source,
    series_breaks.dimension,
    series_breaks.code,
    series_breaks.break_on,
    series_breaks.note,
from series_breaks
inner join sources
    on coalesce(series_breaks.source, sources.source) = sources.source
order by sources.source asc, series_breaks.break_on asc, series_breaks.code asc
