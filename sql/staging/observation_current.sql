-- Which figure stands today: one row per source, period, measure and dimensions, that of the
-- latest release. Within one release the same figure may stand in several files (files that
-- disagree are not published together); then a number stands before a blank, and a row with a
-- published share or change before one without. The 100% of a table's own total is no share.
with share as (
    select
        source,
        source_file,
        export_id,
        dimension,
    from breakdowns
    where has_published_shares
)

select
    observation.source,
    observation.export_id,
    observation.released_on,
    observation.period_start,
    observation.period_end,
    observation.measure,
    observation.crime_type,
    observation.age_band,
    observation.sex,
    observation.region,
    observation.value,
    observation.value_status,
    observation.published_share_pct,
    observation.published_change_pct,
    observation.is_provisional,
    observation.source_file,
    observation.source_row,
    observation.source_column,
    observation.other_dimensions,
from observation
left join share
    on
        observation.source = share.source
        and observation.source_file = share.source_file
        and observation.export_id = share.export_id
qualify
    row_number() over (
        partition by
            observation.source, observation.period_start, observation.period_end, observation.measure,
            observation.crime_type, observation.age_band, observation.sex, observation.region,
            observation.other_dimensions
        order by
            observation.released_on desc,
            observation.value_status = 'observed' desc,
            coalesce(
                observation.published_share_pct is not null
                and case share.dimension
                    when 'crime_type' then observation.crime_type <> 'total'
                    when 'age_band' then observation.age_band <> 'total'
                    when 'sex' then observation.sex <> 'total'
                    when 'region' then observation.region <> 'total'
                end, false
            ) desc,
            observation.published_change_pct is not null desc,
            observation.source_file asc,
            observation.source_row asc
    ) = 1
