-- What is each code a part of, in the exports of each source that are published?
select distinct
    export_codes.source,
    export_codes.dimension,
    export_codes.code,
    export_codes.whole_code,
from export_codes
inner join exports
    on
        export_codes.source = exports.source
        and export_codes.source_file = exports.source_file
        and export_codes.export_id = exports.export_id
where
    exports.is_published
    and export_codes.dimension in ('crime_type', 'region', 'age_band')
    and export_codes.code <> export_codes.whole_code
order by all
