-- What is each code called, and in which unit is it counted?
select
    dimension,
    code,
    coalesce(label_en, label_ko, code) as label,
    label_ko,
    unit,
    definition,
    parent,
from codes
