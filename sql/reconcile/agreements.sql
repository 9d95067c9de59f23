-- Figures that contracts say should agree, side by side: published ones, sums of parts, and years
-- that are sums of their months. An agreement of which no two figures are of the same period has one
-- row, with the latest of mine and without theirs.
with mine as (
    select
        figure.*,
        agreement.agreement,
        agreement.their_source,
        agreement.their_measure,
        agreement.their_crime_type,
        agreement.their_age_band,
        agreement.their_sex,
        agreement.their_region,
        coalesce(agreement.their_other_dimensions, '') as their_others,
        agreement.tolerance_pct,
        agreement.because,
    from agreements as agreement
    inner join staging.period_figure as figure
        on
            agreement.source = figure.source
            and agreement.measure = figure.measure
            and agreement.crime_type = figure.crime_type
            and agreement.age_band = figure.age_band
            and agreement.sex = figure.sex
            and agreement.region = figure.region
            and coalesce(agreement.other_dimensions, '') = figure.others
)

select
    mine.source,
    mine.period_start,
    mine.period_end,
    mine.measure,
    mine.crime_type,
    mine.age_band,
    mine.sex,
    mine.region,
    nullif(mine.others, '') as other_dimensions,
    mine.published_value,
    mine.value_origin,
    theirs.source is not null as is_paired,
    theirs.published_value as their_value,
    theirs.value_origin as their_origin,
    mine.their_source,
    mine.their_measure,
    mine.their_crime_type,
    mine.their_age_band,
    mine.their_sex,
    mine.their_region,
    mine.tolerance_pct,
    mine.because,
    mine.export_id,
from mine
left join staging.period_figure as theirs
    on
        mine.their_source = theirs.source
        and mine.their_measure = theirs.measure
        and mine.their_crime_type = theirs.crime_type
        and mine.their_age_band = theirs.age_band
        and mine.their_sex = theirs.sex
        and mine.their_region = theirs.region
        and mine.their_others = theirs.others
        and mine.period_start = theirs.period_start
        and mine.period_end = theirs.period_end
qualify
    theirs.source is not null
    or (
        not bool_or(theirs.source is not null) over (partition by mine.agreement, mine.measure)
        and row_number() over (
            partition by mine.agreement, mine.measure
            order by mine.period_end desc, mine.period_start desc
        ) = 1
    )
