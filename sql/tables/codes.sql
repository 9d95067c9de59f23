-- What each code means: the code lists, what contracts add, and labels kept as printed.
select
    cast(dimension as varchar) as dimension,
    cast(code as varchar) as code,
    cast(label_en as varchar) as label_en,
    cast(label_ko as varchar) as label_ko,
    cast(unit as varchar) as unit,
    cast(age_low as integer) as age_low,
    cast(age_high as integer) as age_high,
    cast(parent as varchar) as parent,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(replaced_by as varchar) as replaced_by,
    cast(definition as varchar) as definition,
from input_codes
order by dimension, age_low, code
