-- The sources whose published figures can be followed.
select distinct source
from crime_type_shares
where not is_simulated
order by source
