-- What the shares of a breakdown are shares of: one row per breakdown (a dimension of one source,
-- period and root, in one release, and in one export where that export has all parts).
-- A base is used only if nothing that the publisher printed contradicts it:
--   published_total  a total is printed in the same release, no part nor their sum exceeds it (and
--                    they add up to it where they are all there is), and every printed share fits it;
--   sum_of_parts     no total is printed, the parts are all there is, no part of theirs exceeds their
--                    sum, and every printed share fits it;
--   implied          the printed shares agree on a range of bases; base_value if that is one number;
--   none             nothing can be divided by.
with whole as (
    select
        *,
        struct_pack(
            measure := measure, crime_type := crime_type, age_band := age_band, sex := sex, region := region,
            others := others
        ) as root,
    from staging.figure
    where value_origin = 'published' and is_current and value_status = 'observed'
),

-- Parts of parts are no parts of the sum; bands that overlap (10-17 beside 15-19) have none.
part as (
    select
        *,
        whole_code = 'total' as is_outermost,
        age_low <= max(coalesce(age_high, 999)) over (
            partition by
                dimension, source, period_start, period_end, root, whole_code, released_on, complete_in
            order by
                age_low asc, age_high asc
            rows between unbounded preceding and 1 preceding
        ) as is_overlapping,
    from staging.breakdown_part
),

breakdown as (
    select
        dimension,
        source,
        period_start,
        period_end,
        root,
        released_on,
        complete_in,
        count(*) filter (is_outermost and is_current) as part_count,
        list_sort(list(part_code) filter (is_outermost and is_current)) as part_codes,
        coalesce(bool_or(is_overlapping and is_current) filter (is_outermost), false)
        or bool_or(totals = 'overlapping') as do_parts_overlap,
        cast(sum(value) filter (is_outermost and is_current) as bigint) as sum_of_values,
        max(value) filter (is_current) as largest_part,
        coalesce(
            bool_and(value_status in ('observed', 'not_applicable')) filter (is_outermost and is_current),
            false
        ) as all_observed,
        coalesce(bool_and(is_current) filter (is_outermost), false) as all_current,
        -- Where a total should be printed and is not, the sum does not stand in for it.
        bool_and(totals = 'none') as has_no_total,
        count(published_share_pct) filter (value is not null and is_current) as share_count,
        max(base_low) filter (is_current) as implied_base_low,
        -- A share that rounds to 0 allows bases without an upper bound: nulls do not bound.
        min(base_high) filter (is_current) as implied_base_high,
        case
            when count(distinct export_id) filter (is_current) = 1
                then any_value(export_id) filter (is_current)
        end as export_id,
        bool_or(is_provisional) as is_provisional,
    from part
    group by all
    having bool_or(is_current)
),

with_total as (
    select
        breakdown.*,
        case when not breakdown.do_parts_overlap then breakdown.sum_of_values end as sum_of_parts,
        whole.value as published_total,
        whole.published_value as printed_total,
        breakdown.complete_in is not null
        and not breakdown.do_parts_overlap
        and breakdown.all_current as is_exhaustive,
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
            and breakdown.root = whole.root
),

tested as (
    select
        *,
        published_total is not null and (
            coalesce(sum_of_parts > published_total or largest_part > published_total, false)
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
                and largest_part <= sum_of_parts
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
    root,
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
    printed_total,
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
