-- Where the parts are all there is, the shares of the outermost ones of each export add up to 100.
select
    source,
    period_start,
    period_end,
    measure,
    region,
    source_file,
    sum(share_pct) as sum_of_shares,
from crime_type_shares
where base_kind = 'sum_of_parts' and base_value > 0 and part_of is null
group by source, period_start, period_end, measure, region, source_file
having abs(sum(share_pct) - 100) > 1e-6
