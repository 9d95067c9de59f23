-- Which cells of which files is a figure made of? Here: the deepfake cases of the crackdown of 2024-11
-- to 2025-10.
select
    sign,
    role,
    value,
    published_share_pct,
    source_file,
    source_row,
    source_column,
    released_on,
    sha256,
from
    trace_of(
        'noi_cybersex_crackdown', 'cases', '2024-11-01', '2025-10-31', of_crime_type := 'deepfake'
    )
