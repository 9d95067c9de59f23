-- What the latest period of a source says of types of crime: code, labels and figure of the outermost.
select
    share.crime_type as code,
    coalesce(codes.label_en, share.crime_type) as label_en,
    coalesce(codes.label_ko, codes.label_en, share.crime_type) as label_ko,
    share.value,
from crime_type_shares as share
left join codes
    on codes.dimension = 'crime_type' and share.crime_type = codes.code
where
    share.source = $source
    and share.part_of is null
    and share.value > 0
    and not share.is_simulated
qualify
    dense_rank() over (
        order by
            share.period_end desc, share.period_start asc, share.measure asc, share.region = 'total' desc,
            share.region asc
    ) = 1
order by share.value desc, share.crime_type asc
