"""The floor: what a bare DuckDB script takes for the same work on the same simulated files.

It reads them with the same types, writes the same Parquet (one file a month), runs the same checks fused
into one scan, counts the same breakdowns and builds the three marts. It has no contract, no addresses of
bad rows, no releases, no history of runs, no audit and no publication, and it stops at the first bad row.

    python bench/floor.py RAW_FOLDER OUT_FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

COLUMNS = {
    "record": "VARCHAR", "case_id": "VARCHAR", "date": "DATE", "crime_type": "VARCHAR", "age": "BIGINT",
    "sex": "VARCHAR", "region": "VARCHAR", "detained": "VARCHAR", "name": "VARCHAR",
}  # fmt: skip


def main(raw: Path, out: Path) -> None:
    manifest = json.loads((raw / "simulation.json").read_text(encoding="utf-8"))
    bands = [band for band in manifest["ages"] if band != "unknown"]
    out.mkdir(parents=True)
    (out / "records").mkdir()
    files = sorted(raw.glob("*.csv"))
    took: dict[str, float] = {}
    with duckdb.connect(str(out / "floor.duckdb")) as connection:
        connection.execute("set memory_limit = '1GB'")
        began = time.perf_counter()

        def lap(name: str) -> None:
            nonlocal began
            took[name] = time.perf_counter() - began
            began = time.perf_counter()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda file: _to_parquet(connection, file, out / "records"), files))
        lap("read")
        parquet = [str(path) for path in sorted((out / "records").glob("*.parquet"))]
        connection.execute(f"""
            create table file as
            select
                filename, cast(right(parse_filename(filename, true), 7) || '-01' as date) as first_day,
                last_day(first_day) as last_day,
            from unnest({parquet}) as t (filename)
        """)
        connection.execute(f"""
            create view record as
            select * from read_parquet({parquet}, filename = true) inner join file using (filename)
        """)
        _check(connection)
        lap("check")
        _roll_up(connection, bands)
        lap("roll up")
        _marts(connection)
        lap("marts")
    print(json.dumps(took))


def _to_parquet(connection: duckdb.DuckDBPyConnection, file: Path, out: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"""
            copy (
                select
                    * exclude (name, detained),
                    case detained when 'Y' then true when 'N' then false end as detained,
                from read_csv(
                    '{file}', auto_detect = false, header = true, columns = {COLUMNS}, delim = ',',
                    quote = '"', escape = '"', dateformat = '%Y-%m-%d'
                )
            ) to '{out / file.stem}.parquet' (format parquet, compression zstd)
        """)


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    """The contract's rules in one scan, and the uniqueness of the key in each file in another."""
    [broken] = connection.execute("""
        select
            count(*) filter (record is null),
            count(*) filter (case_id is null),
            count(*) filter (date is null),
            count(*) filter (date not between first_day and last_day),
            count(*) filter (crime_type is null),
            count(*) filter (
                crime_type not in (
                    'Deepfake sexual content', 'Child and youth sexual exploitation material',
                    'Illegal recording'
                )
            ),
            count(*) filter (age < 0 or age > 120),
            count(*) filter (sex is null),
            count(*) filter (sex not in ('F', 'M')),
            count(*) filter (region is null),
            count(*) filter (detained is null),
        from record
    """).fetchall()
    [(repeated,)] = connection.execute("""
        select sum(given - different)
        from (
            select count(record) as given, count(distinct record) as different from record group by filename
        )
    """).fetchall()
    if any(broken) or repeated:
        raise SystemExit(f"bad rows: {broken}, {repeated}")


def _roll_up(connection: duckdb.DuckDBPyConnection, bands: list[str]) -> None:
    """Suspects and suspects detained by type and age, type and region, and sex; cases by type."""
    cases = " ".join(f"when age between {b.split('-')[0]} and {b.split('-')[1]} then '{b}'" for b in bands)
    month = "cast(date_trunc('month', date) as date) as period_start"
    band = f"case when age is null then 'unknown' {cases} end as age_band"
    counts = "count(*) as suspects, count(*) filter (detained) as suspects_detained"
    connection.execute(f"""
        create table observation as
        with by_age as (
            select {month}, crime_type, {band}, {counts} from record group by all
        ),
        by_region as (
            select {month}, crime_type, region, {counts} from record group by all
        ),
        by_sex as (
            select {month}, sex, {counts} from record group by all
        ),
        counted as (
            select
                period_start, coalesce(crime_type, 'total') as crime_type,
                coalesce(age_band, 'total') as age_band, 'total' as sex, 'total' as region,
                sum(suspects) as suspects, sum(suspects_detained) as suspects_detained,
            from by_age
            group by grouping sets (
                (period_start, crime_type, age_band), (period_start, crime_type), (period_start, age_band),
                (period_start)
            )
            union all
            select
                period_start, coalesce(crime_type, 'total'), 'total', 'total', region, sum(suspects),
                sum(suspects_detained),
            from by_region
            group by grouping sets ((period_start, crime_type, region), (period_start, region))
            union all
            select period_start, 'total', 'total', sex, 'total', suspects, suspects_detained,
            from by_sex
        )
        unpivot counted on suspects, suspects_detained into name measure value value
        union all
        select {month}, crime_type, 'total', 'total', 'total', 'cases', count(distinct case_id),
        from record group by all
        union all
        select {month}, 'total', 'total', 'total', 'total', 'cases', count(distinct case_id),
        from record group by all
    """)


def _marts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create table crime_type_shares as
        select part.*, 100.0 * part.value / whole.value as share_pct,
        from observation as part
        inner join observation as whole using (period_start, measure, age_band, sex, region)
        where part.crime_type <> 'total' and whole.crime_type = 'total' and age_band = 'total'
            and sex = 'total'
    """)
    connection.execute("""
        create table age_distributions as
        select
            part.*, 100.0 * part.value / whole.value as share_pct,
            sum(100.0 * part.value / whole.value) over (
                partition by period_start, measure, crime_type, sex, region order by part.age_band
            ) as cumulative_pct,
        from observation as part
        inner join observation as whole using (period_start, measure, crime_type, sex, region)
        where part.age_band <> 'total' and whole.age_band = 'total'
    """)
    connection.execute("""
        create table arrest_trends as
        select now.*, before.value as previous_value, now.value - before.value as change,
            100.0 * (now.value - before.value) / nullif(before.value, 0) as change_pct,
        from observation as now
        left join observation as before
            on now.period_start - interval 1 year = before.period_start
            and now.measure = before.measure and now.crime_type = before.crime_type
            and now.region = before.region and before.age_band = 'total' and before.sex = 'total'
        where now.age_band = 'total' and now.sex = 'total'
    """)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
