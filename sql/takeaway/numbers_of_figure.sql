-- Which published numbers is a figure, or is it made of?
select *
from
    trace_of(
        $source, $measure, $period_start, $period_end,
        of_crime_type := $crime_type, of_region := $region, of_age_band := $age_band, of_sex := $sex
    )
