-- Records of one month that are made up: one row per record, reproducible from the seed. Types and ages
-- follow the slots that were filled from published distributions; regions and sexes are even; two suspects
-- in ten share a case with the one before them.
with drawn as (
    select
        range as number,
        hash(xor(hash($seed, $month), cast(range as ubigint))) as bits,
    from range($rows)
),

draw as (
    select
        number,
        bits % 65536 as type_slot,
        (bits >> 16) % 65536 as age_slot,
        (bits >> 32) % 1000000 as detained_draw,
        hash(bits) % 65536 as region_draw,
        (hash(bits) >> 16) % 2 as sex_draw,
        (hash(bits) >> 20) % 65536 as day_draw,
        (hash(bits) >> 36) % 10000000 as suspect_draw,
    from drawn
)

select
    printf('SIM%s-%08d', $month, draw.number) as record,
    printf('C%s-%08d', $month, draw.number * 8 // 10) as case_id,
    strftime(
        cast($month || '-01' as date)
        + cast(draw.day_draw % day(last_day(cast($month || '-01' as date))) as integer),
        '%Y-%m-%d'
    ) as date,
    type_slots.label as crime_type,
    age_slots.age,
    case when draw.sex_draw = 0 then 'F' else 'M' end as sex,
    regions.label as region,
    case when draw.detained_draw < $detained then 'Y' else 'N' end as detained,
    printf('N%07d', draw.suspect_draw) as name,
from draw
inner join type_slots
    on draw.type_slot = type_slots.slot
inner join age_slots
    on draw.age_slot = age_slots.slot
inner join regions
    on draw.region_draw % $regions = regions.slot
order by draw.number
