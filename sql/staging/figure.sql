-- Every figure: published, or the sum of parts that are all there is (value_origin). Where several say
-- the same thing, is_standing marks the one that stands: a published number before a sum, then that
-- of the latest release, then that of the most parts.
with candidate as (
    select
        * exclude (superseded_on),
        'published' as value_origin,
    from staging.observation_ranked
    union all by name
    select
        * exclude (along, own_total, is_first),
        is_current as is_latest,
        'sum_of_parts' as value_origin,
    from staging.part_sum
    where is_first
)

select
    *,
    coalesce(other_dimensions, '') as others,
    is_current and row_number() over (
        partition by
            source, period_start, period_end, measure, crime_type, age_band, sex, region,
            other_dimensions
        order by
            is_current desc,
            value is not null desc,
            value_origin = 'published' desc,
            released_on desc,
            cell_count desc nulls last,
            source_file asc,
            source_row asc
    ) = 1 as is_standing,
from candidate
