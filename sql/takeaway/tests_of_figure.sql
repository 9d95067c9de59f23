-- What was found when the publisher's figures around this one were tested against each other? First what
-- is about the figure itself, then what is about the breakdown that it is a part of, contradictions first.
select
    kind,
    verdict,
    claim,
    explanation,
    crime_type = $crime_type and region = $region and age_band = $age_band and sex = $sex as is_own,
from reconciliations
where
    source = $source
    and measure = $measure
    and period_start = $period_start
    and period_end = $period_end
    and crime_type in ($crime_type, 'total')
    and region in ($region, 'total')
    and age_band in ($age_band, 'total')
    and sex in ($sex, 'total')
    -- What else is about other figures than this one.
    and (is_own or kind in ('share_base', 'sum_of_parts', 'largest_part', 'sum_of_shares', 'same_sum'))
order by verdict = 'contradicts' desc, is_own desc, kind asc, claim asc
