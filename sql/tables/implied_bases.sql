-- Which bases a count and its printed percentage allow; computed exactly in pipelines/shares.py.
select
    cast(value as bigint) as value,
    cast(published_share_pct as varchar) as published_share_pct,
    cast(base_low as bigint) as base_low,
    cast(base_high as bigint) as base_high,
from input_implied_bases
order by value, published_share_pct
