-- The latest release of each source, and how many figures of earlier releases it changes: one row per
-- source. The newest come first.
with latest as (
    select
        source,
        max(released_on) as released_on,
    from exports
    where is_published
    group by source
),

exports_of_latest as (
    select
        latest.source,
        latest.released_on,
        min(exports.period_start) as period_start,
        max(exports.period_end) as period_end,
        list(exports.export_id order by exports.export_id) as export_ids,
    from latest
    inner join exports
        on
            latest.source = exports.source
            and latest.released_on = exports.released_on
            and exports.is_published
    group by latest.source, latest.released_on
),

changed as (
    select
        revisions.source,
        count(*) filter (where revisions.kind = 'revised') as revised,
        count(*) filter (where revisions.kind = 'added') as added,
        count(*) filter (where revisions.kind = 'withdrawn') as withdrawn,
        count(*) filter (where revisions.kind = 'renamed') as renamed,
    from revisions
    inner join latest on revisions.source = latest.source and revisions.new_released_on = latest.released_on
    group by revisions.source
)

select
    exports_of_latest.*,
    coalesce(changed.revised, 0) as revised,
    coalesce(changed.added, 0) as added,
    coalesce(changed.withdrawn, 0) as withdrawn,
    coalesce(changed.renamed, 0) as renamed,
from exports_of_latest
left join changed on exports_of_latest.source = changed.source
order by exports_of_latest.released_on desc, exports_of_latest.source asc
