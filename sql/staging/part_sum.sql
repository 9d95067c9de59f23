-- Sums of parts that are all there is, where the export prints no figure for the whole: one row for
-- each whole of each export and way of adding up (along which dimensions): the same whole may be
-- broken down by sex and, beside it, by age; is_first marks the one that is used. A figure by type and
-- region adds up to its type, to its region and to both together; with a hierarchy, also to the groups
-- in between.
-- The sum is empty where a part is not a number or no longer current; a part that is not applicable
-- counts as none. parts lists what it covers, the parts that there is none of included: only sums of
-- the same parts compare.
with figure as (
    select
        *,
        coalesce(other_dimensions, '') as others,
    from staging.observation_ranked
    where is_additive
),

way as (
    select *
    from export_codes
    where len(rolls_up_to) > 0
),

-- Each figure with all wholes that it is added to, itself included.
cell as (
    select
        figure.*,
        list_prepend(figure.crime_type, coalesce(by_type.rolls_up_to, [])) as crime_types,
        list_prepend(figure.age_band, coalesce(by_age.rolls_up_to, [])) as age_bands,
        list_prepend(figure.sex, coalesce(by_sex.rolls_up_to, [])) as sexes,
        list_prepend(figure.region, coalesce(by_region.rolls_up_to, [])) as regions,
        list_prepend(figure.others, coalesce(by_other.rolls_up_to, [])) as all_others,
    from figure
    left join way as by_type
        on
            by_type.dimension = 'crime_type'
            and figure.crime_type = by_type.code
            and figure.source = by_type.source
            and figure.source_file = by_type.source_file
            and figure.export_id = by_type.export_id
            and (
                by_type.measure is null
                or (
                    figure.measure = by_type.measure
                    and figure.period_start = by_type.period_start
                    and figure.period_end = by_type.period_end
                )
            )
    left join way as by_age
        on
            by_age.dimension = 'age_band'
            and figure.age_band = by_age.code
            and figure.source = by_age.source
            and figure.source_file = by_age.source_file
            and figure.export_id = by_age.export_id
            and (
                by_age.measure is null
                or (
                    figure.measure = by_age.measure
                    and figure.period_start = by_age.period_start
                    and figure.period_end = by_age.period_end
                )
            )
    left join way as by_sex
        on
            by_sex.dimension = 'sex'
            and figure.sex = by_sex.code
            and figure.source = by_sex.source
            and figure.source_file = by_sex.source_file
            and figure.export_id = by_sex.export_id
            and (
                by_sex.measure is null
                or (
                    figure.measure = by_sex.measure
                    and figure.period_start = by_sex.period_start
                    and figure.period_end = by_sex.period_end
                )
            )
    left join way as by_region
        on
            by_region.dimension = 'region'
            and figure.region = by_region.code
            and figure.source = by_region.source
            and figure.source_file = by_region.source_file
            and figure.export_id = by_region.export_id
            and (
                by_region.measure is null
                or (
                    figure.measure = by_region.measure
                    and figure.period_start = by_region.period_start
                    and figure.period_end = by_region.period_end
                )
            )
    left join way as by_other
        on
            by_other.dimension = 'other_dimensions'
            and figure.others = by_other.code
            and figure.source = by_other.source
            and figure.source_file = by_other.source_file
            and figure.export_id = by_other.export_id
            and (
                by_other.measure is null
                or (
                    figure.measure = by_other.measure
                    and figure.period_start = by_other.period_start
                    and figure.period_end = by_other.period_end
                )
            )
),

added as (
    select
        cell.*,
        type_of.code as into_crime_type,
        age_of.code as into_age_band,
        sex_of.code as into_sex,
        region_of.code as into_region,
        other_of.code as into_others,
        concat_ws(
            ' ',
            case when cell.crime_type <> type_of.code then 'crime_type' end,
            case when cell.age_band <> age_of.code then 'age_band' end,
            case when cell.sex <> sex_of.code then 'sex' end,
            case when cell.region <> region_of.code then 'region' end,
            case
                when cell.others <> other_of.code
                    then array_to_string(
                        list_filter(
                            json_keys(nullif(cell.others, '')),
                            lambda name: not list_contains(
                                coalesce(json_keys(nullif(other_of.code, '')), []), name
                            )
                        ),
                        ' '
                    )
            end
        ) as along,
        list_filter(
            [
                case when cell.crime_type <> type_of.code then 'crime_type ' || cell.crime_type end,
                case when cell.age_band <> age_of.code then 'age_band ' || cell.age_band end,
                case when cell.sex <> sex_of.code then 'sex ' || cell.sex end,
                case when cell.region <> region_of.code then 'region ' || cell.region end,
                case when cell.others <> other_of.code then cell.others end
            ],
            lambda part: part is not null
        ) as parts,
    from cell
    cross join unnest(cell.crime_types) as type_of (code)
    cross join unnest(cell.age_bands) as age_of (code)
    cross join unnest(cell.sexes) as sex_of (code)
    cross join unnest(cell.regions) as region_of (code)
    cross join unnest(cell.all_others) as other_of (code)
),

summed as (
    select
        source,
        export_id,
        released_on,
        period_start,
        period_end,
        measure,
        into_crime_type as crime_type,
        into_age_band as age_band,
        into_sex as sex,
        into_region as region,
        into_others as others,
        source_file,
        table_name,
        scope,
        is_cumulative,
        along,
        bool_or(is_unfinished) as is_unfinished,
        bool_or(is_latest) as is_current,
        bool_or(is_provisional) as is_provisional,
        bool_or(is_corrected) as is_corrected,
        bool_and(is_latest and value_status in ('observed', 'not_applicable')) as is_known,
        cast(sum(value) as bigint) as total,
        cast(sum(published_value) as bigint) as published_total,
        count(value) as cell_count,
        list(
            added.value
            order by added.crime_type, added.age_band, added.sex, added.region, added.others
        ) filter (added.is_cumulative) as cell_values,
        list_sort(list_distinct(flatten(list(parts)))) as parts,
    from added
    where len(parts) > 0
    group by all
),

-- Ways that add up to something else are not all of it, each by itself.
agreed as (
    select
        case when is_known then published_total end as own_total,
        * replace (
            is_known and coalesce(
                min(total) filter (is_known) over same_whole = max(total) filter (is_known) over same_whole,
                true
            ) as is_known
        ),
    from summed
    window
        same_whole as (
            partition by
                source, source_file, export_id, period_start, period_end, measure, crime_type, age_band,
                sex, region, others
        )
)

select
    source,
    export_id,
    released_on,
    period_start,
    period_end,
    measure,
    crime_type,
    age_band,
    sex,
    region,
    case when is_known then total end as value,
    case
        when is_known and total is not null then 'observed'
        when is_known then 'not_applicable'
        else 'missing'
    end as value_status,
    is_provisional,
    source_file,
    nullif(others, '') as other_dimensions,
    table_name,
    scope,
    is_cumulative,
    is_unfinished,
    true as is_additive,
    is_current,
    case when is_known then published_total end as published_value,
    is_corrected,
    parts,
    cell_count,
    cell_values,
    along,
    own_total,
    row_number() over (
        partition by
            source, source_file, export_id, period_start, period_end, measure, crime_type, age_band, sex,
            region, others
        order by is_known desc, cell_count desc, along asc
    ) = 1 as is_first,
from agreed
where
    not exists (
        select 1
        from figure
        where
            figure.source = agreed.source
            and figure.source_file = agreed.source_file
            and figure.export_id = agreed.export_id
            and figure.period_start = agreed.period_start
            and figure.period_end = agreed.period_end
            and figure.measure = agreed.measure
            and figure.crime_type = agreed.crime_type
            and figure.age_band = agreed.age_band
            and figure.sex = agreed.sex
            and figure.region = agreed.region
            and figure.others = agreed.others
    )
