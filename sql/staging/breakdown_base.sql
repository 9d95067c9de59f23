-- What the shares of a breakdown are shares of: one row per breakdown (a dimension of one source,
-- period, measure, region, sex and the other dimension's code, in one release, and in one export
-- where that export has all parts).
-- A base is used only if nothing that the publisher printed contradicts it:
--   published_total  a total is printed in the same release, the parts do not exceed it (and add
--                    up to it where they are all there is), and every printed share fits it;
--   sum_of_parts     no total is printed, the parts are all there is, and every printed share fits
--                    their sum;
--   implied          the printed shares agree on a range of bases; base_value if that is one number;
--   none             nothing can be divided by.
with part as (
    select *
    from staging.breakdown_part
),

whole as (
    select *
    from staging.observation_current
    where value_status = 'observed'
),

-- How many parts each export printed: if a later release has revised some of them, the rest is no
-- longer all there is.
printed as (
    select
        'crime_type' as dimension,
        source,
        source_file,
        export_id,
        period_start,
        period_end,
        measure,
        region,
        sex,
        coalesce(other_dimensions, '') as other_dimensions,
        'total' as whole_crime_type,
        age_band as whole_age_band,
        count(*) as printed_count,
    from observation
    where crime_type <> 'total'
    group by all
    union all
    select
        'age_band' as dimension,
        source,
        source_file,
        export_id,
        period_start,
        period_end,
        measure,
        region,
        sex,
        coalesce(other_dimensions, '') as other_dimensions,
        crime_type as whole_crime_type,
        'total' as whole_age_band,
        count(*) as printed_count,
    from observation
    where age_band <> 'total'
    group by all
),

-- Bands that overlap (10-17 beside 10-19) have no sum.
band as (
    select
        *,
        age_low <= max(coalesce(age_high, 999)) over (
            partition by
                dimension, source, period_start, period_end, measure, region, sex, other_dimensions,
                whole_crime_type, whole_age_band, released_on, complete_in
            order by
                age_low asc, age_high asc
            rows between unbounded preceding and 1 preceding
        ) as is_overlapping,
    from part
),

breakdown as (
    select
        dimension,
        source,
        period_start,
        period_end,
        measure,
        region,
        sex,
        other_dimensions,
        whole_crime_type,
        whole_age_band,
        released_on,
        complete_in,
        count(*) as part_count,
        string_agg(part_code, ' ' order by part_code) as part_codes,
        coalesce(bool_or(is_overlapping), false) as do_parts_overlap,
        case when not coalesce(bool_or(is_overlapping), false) then cast(sum(value) as bigint) end
            as sum_of_parts,
        bool_and(value_status = 'observed') as all_observed,
        -- Where a total should be printed and is not, the sum does not stand in for it.
        bool_and(totals = 'none') as has_no_total,
        count(published_share_pct) filter (where value is not null) as share_count,
        max(base_low) as implied_base_low,
        -- A share that rounds to 0 allows bases without an upper bound: nulls do not bound.
        min(base_high) as implied_base_high,
        case when count(distinct export_id) = 1 then any_value(export_id) end as export_id,
        bool_or(is_provisional) as is_provisional,
    from band
    group by all
),

with_total as (
    select
        breakdown.*,
        whole.value as published_total,
        breakdown.complete_in is not null
        and not breakdown.do_parts_overlap
        and breakdown.part_count = printed.printed_count as is_exhaustive,
        breakdown.share_count > 0
        and breakdown.implied_base_low
        > coalesce(breakdown.implied_base_high, breakdown.implied_base_low) as do_shares_disagree,
    from breakdown
    left join whole
        on
            breakdown.source = whole.source
            and breakdown.released_on = whole.released_on
            and breakdown.period_start = whole.period_start
            and breakdown.period_end = whole.period_end
            and breakdown.measure = whole.measure
            and breakdown.region = whole.region
            and breakdown.sex = whole.sex
            and breakdown.other_dimensions is not distinct from whole.other_dimensions
            and breakdown.whole_crime_type = whole.crime_type
            and breakdown.whole_age_band = whole.age_band
    left join printed
        on
            breakdown.dimension = printed.dimension
            and breakdown.source = printed.source
            and breakdown.complete_in = printed.source_file
            and breakdown.export_id = printed.export_id
            and breakdown.period_start = printed.period_start
            and breakdown.period_end = printed.period_end
            and breakdown.measure = printed.measure
            and breakdown.region = printed.region
            and breakdown.sex = printed.sex
            and coalesce(breakdown.other_dimensions, '') = printed.other_dimensions
            and breakdown.whole_crime_type = printed.whole_crime_type
            and breakdown.whole_age_band = printed.whole_age_band
),

tested as (
    select
        *,
        published_total is not null and (
            coalesce(sum_of_parts > published_total, false)
            or coalesce(is_exhaustive and all_observed and sum_of_parts <> published_total, false)
            or coalesce(share_count > 0 and published_total < implied_base_low, false)
            or coalesce(share_count > 0 and published_total > implied_base_high, false)
        ) as is_total_contradicted,
    from with_total
),

decided as (
    select
        *,
        case
            when published_total is not null and not is_total_contradicted then 'published_total'
            when do_shares_disagree then 'none'
            when
                published_total is null
                and has_no_total
                and is_exhaustive
                and all_observed
                and (
                    share_count = 0
                    or sum_of_parts between implied_base_low
                    and coalesce(implied_base_high, sum_of_parts)
                )
                then 'sum_of_parts'
            when
                share_count > 0
                and implied_base_high is not null
                and coalesce(sum_of_parts, 0) <= implied_base_high
                then 'implied'
            else 'none'
        end as base_kind,
    from tested
)

select
    dimension,
    source,
    period_start,
    period_end,
    measure,
    region,
    sex,
    other_dimensions,
    whole_crime_type,
    whole_age_band,
    released_on,
    complete_in,
    part_count,
    part_codes,
    sum_of_parts,
    all_observed,
    is_exhaustive,
    share_count,
    implied_base_low,
    implied_base_high,
    published_total,
    is_total_contradicted,
    base_kind,
    case base_kind
        when 'published_total' then published_total
        when 'sum_of_parts' then sum_of_parts
        when 'implied' then case when implied_base_low = implied_base_high then implied_base_low end
    end as base_value,
    export_id,
    is_provisional,
from decided
