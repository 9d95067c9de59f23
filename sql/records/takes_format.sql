-- Fails where DuckDB does not take a format of days and times.
select try_strptime('', $said) as moment
