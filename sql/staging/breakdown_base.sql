-- What the shares of a breakdown are shares of: one row per breakdown (a dimension of one source,
-- period, measure, region, sex and the other dimension's code).
-- A base is used only if nothing that the publisher printed contradicts it:
--   published_total  a total is printed, the parts do not exceed it (and add up to it where they
--                    are all there is), and every printed share fits it;
--   sum_of_parts     no total is printed, the parts are all there is, all of one release, and every
--                    printed share fits their sum;
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
        count(*) as part_count,
        string_agg(part_code, ' ' order by part_code) as part_codes,
        cast(sum(value) as bigint) as sum_of_parts,
        bool_and(value_status = 'observed') as all_observed,
        bool_and(totals in ('none', 'printed')) and count(distinct released_on) = 1
            as is_exhaustive,
        count(published_share_pct) filter (where value is not null) as share_count,
        max(base_low) as implied_base_low,
        -- A share that rounds to 0 allows bases without an upper bound: nulls do not bound.
        min(base_high) as implied_base_high,
        case when count(distinct export_id) = 1 then any_value(export_id) end as export_id,
        max(released_on) as released_on,
    from part
    group by all
),

with_total as (
    select
        breakdown.*,
        whole.value as published_total,
        whole.value is not null and (
            breakdown.sum_of_parts > whole.value
            or (
                breakdown.is_exhaustive
                and breakdown.all_observed
                and breakdown.sum_of_parts <> whole.value
            )
            or (
                breakdown.share_count > 0 and (
                    whole.value < breakdown.implied_base_low
                    or whole.value > coalesce(breakdown.implied_base_high, whole.value)
                )
            )
        ) as is_total_contradicted,
        breakdown.share_count > 0
        and breakdown.implied_base_low
        > coalesce(breakdown.implied_base_high, breakdown.implied_base_low) as do_shares_disagree,
    from breakdown
    left join whole
        on
            breakdown.source = whole.source
            and breakdown.period_start = whole.period_start
            and breakdown.period_end = whole.period_end
            and breakdown.measure = whole.measure
            and breakdown.region = whole.region
            and breakdown.sex = whole.sex
            and breakdown.other_dimensions is not distinct from whole.other_dimensions
            and breakdown.whole_crime_type = whole.crime_type
            and breakdown.whole_age_band = whole.age_band
),

decided as (
    select
        *,
        case
            when published_total is not null and not is_total_contradicted then 'published_total'
            when do_shares_disagree then 'none'
            when
                published_total is null
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
                and sum_of_parts <= implied_base_high
                then 'implied'
            else 'none'
        end as base_kind,
    from with_total
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
    released_on,
from decided
