-- Every figure that is a part of a breakdown, once for each dimension that it is a part along.
-- A figure for deepfakes and ages 10-19 is a part along crime_type (of all crime at that age) and
-- a part along age_band (of all deepfakes). root is what the whole breakdown is of; whole_code is
-- the next code up, which differs from total where a dimension has levels.
-- Parts belong together if they are of one release, and, where an export says that its parts are
-- all there is, of that export (complete_in).
with part as (
    select
        figure.*,
        along.dimension,
        case along.dimension
            when 'crime_type' then figure.crime_type
            when 'age_band' then figure.age_band
            when 'sex' then figure.sex
            when 'region' then figure.region
            else figure.others ->> along.dimension
        end as part_code,
        struct_pack(
            measure := figure.measure,
            crime_type := case when along.dimension = 'crime_type' then 'total' else figure.crime_type end,
            age_band := case when along.dimension = 'age_band' then 'total' else figure.age_band end,
            sex := case when along.dimension = 'sex' then 'total' else figure.sex end,
            region := case when along.dimension = 'region' then 'total' else figure.region end,
            others := case
                when along.dimension in ('crime_type', 'age_band', 'sex', 'region') or figure.others = ''
                    then figure.others
                else replace(
                    json_merge_patch(figure.others, json_object(along.dimension, null))::varchar,
                    '{}',
                    ''
                )
            end
        ) as root,
    from staging.figure as figure
    cross join unnest(
        list_concat(
            ['crime_type', 'age_band', 'sex', 'region'],
            case when figure.others = '' then [] else json_keys(nullif(figure.others, '')) end
        )
    ) as along (dimension)
),

age as (
    select
        code,
        age_low,
        age_high,
    from codes
    where dimension = 'age_band'
)

select
    part.dimension,
    part.source,
    part.period_start,
    part.period_end,
    part.root,
    part.released_on,
    case when breakdown.totals in ('none', 'printed') then part.source_file end as complete_in,
    part.part_code,
    coalesce(own.whole_code, 'total') as whole_code,
    age.age_low,
    age.age_high,
    part.measure,
    part.crime_type,
    part.age_band,
    part.sex,
    part.region,
    part.other_dimensions,
    part.export_id,
    part.value,
    part.value_status,
    part.value_origin,
    part.published_value,
    part.is_corrected,
    part.is_provisional,
    part.is_additive,
    -- Of parts that may not be all, one file's are told from another's by which stands.
    case when breakdown.totals in ('none', 'printed') then part.is_latest else part.is_current end
        as is_current,
    part.is_standing,
    part.table_name,
    part.source_file,
    part.source_row,
    part.source_column,
    breakdown.totals,
    -- A percentage is a share along one dimension only, the one that its contract names.
    case
        when breakdown.has_published_shares and ratio.measure is null then part.published_share_pct
    end as published_share_pct,
    implied_base.base_low,
    implied_base.base_high,
from part
inner join breakdowns as breakdown
    on
        part.source = breakdown.source
        and part.source_file = breakdown.source_file
        and part.export_id = breakdown.export_id
        and part.dimension = breakdown.dimension
        and (breakdown.measure is null or part.measure = breakdown.measure)
left join export_codes as own
    on
        part.source = own.source
        and part.source_file = own.source_file
        and part.export_id = own.export_id
        and part.dimension = own.dimension
        and part.part_code = own.code
        and (
            own.measure is null
            or (
                part.measure = own.measure
                and part.period_start = own.period_start
                and part.period_end = own.period_end
            )
        )
left join ratios as ratio
    on
        part.source = ratio.source
        and part.source_file = ratio.source_file
        and part.export_id = ratio.export_id
        and part.measure = ratio.measure
left join implied_bases as implied_base
    on
        breakdown.has_published_shares
        and ratio.measure is null
        and part.published_value = implied_base.value
        and part.published_share_pct = implied_base.published_share_pct
left join age
    on part.dimension = 'age_band' and part.part_code = age.code
where part.part_code <> 'total'
