-- The combinations of a source's own dimensions that were counted, each as a number.
select distinct others
from counted
