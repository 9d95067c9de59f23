-- Which published figure stands today, corrected where a correction applies.
select * exclude (is_current, is_latest, superseded_on)
from staging.observation_ranked
where is_current
