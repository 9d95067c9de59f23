-- How many lines the scan before could not read as rows.
select count(*) as lines
from reject_errors
