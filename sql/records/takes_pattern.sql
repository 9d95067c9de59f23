-- Fails where DuckDB does not take a regular expression.
select regexp_full_match('', $said) as is_match
