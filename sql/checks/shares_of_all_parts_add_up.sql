-- Where the parts are all there is, and all of one export stand, the shares of the outermost add up to 100.
with standing as (
    select
        source,
        period_start,
        period_end,
        root,
        released_on,
        complete_in,
        count(*) as part_count,
    from staging.breakdown_part
    where dimension = 'crime_type' and whole_code = 'total' and is_current and is_standing
    group by all
)

select
    share.source,
    share.period_start,
    share.period_end,
    share.measure,
    share.region,
    share.source_file,
    sum(share.share_pct) as sum_of_shares,
from crime_type_shares as share
inner join staging.breakdown_base as base
    on
        share.source = base.source
        and share.period_start = base.period_start
        and share.period_end = base.period_end
        and share.measure = base.root.measure
        and share.region = base.root.region
        and share.source_file = base.complete_in
        and share.released_on = base.released_on
inner join standing
    on
        base.source = standing.source
        and base.period_start = standing.period_start
        and base.period_end = standing.period_end
        and base.root = standing.root
        and base.released_on = standing.released_on
        and base.complete_in = standing.complete_in
        and base.part_count = standing.part_count
where
    base.dimension = 'crime_type'
    and base.root.age_band = 'total'
    and base.root.sex = 'total'
    and base.root.others = ''
    and share.base_kind = 'sum_of_parts'
    and share.base_value > 0
    and share.part_of is null
group by
    share.source, share.period_start, share.period_end, share.measure, share.region, share.source_file
having abs(sum(share.share_pct) - 100) > 1e-6
