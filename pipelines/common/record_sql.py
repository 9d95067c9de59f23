"""The statements of record-level exports that name the fields of a contract: nowhere else do names that
are not ours get into SQL, and here only between quotation marks. What they name is checked in
`pipelines.contracts.record_contract`; queries without such names are in ``sql/records`` and ``sql/rollups``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

WATCHED = "set enable_progress_bar = true; set enable_progress_bar_print = false"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Some texts as SQL literals, with commas between them."""
    return ", ".join(map(literal, texts))


def as_text(name: str, of: str = "") -> str:
    """A field as text."""
    return f"cast({of}{quoted(name)} as varchar)"


def as_day(name: str, of: str = "") -> str:
    """A field as a day."""
    return f"cast({of}{quoted(name)} as date)"


_SPACES = r"[\t-\r\x1c-\x20\x{85}\p{Z}]+"
_UNTIDY = r"^ |  | $|[^ -~\x{AC00}-\x{D7A3}]"


def normalised(cell: str) -> str:
    """A cell as `pipelines.contracts.codes.normalised` gives a label. Those of ASCII and whole Hangul
    syllables with single blanks between words are so already, and told in a tenth of the time.
    """
    tidy = f"trim(regexp_replace(nfc_normalize({cell}), {literal(_SPACES)}, ' ', 'g'))"
    return f"case when regexp_matches({cell}, {literal(_UNTIDY)}) then {tidy} else {cell} end"


def one_of(name: str, values: Iterable[object], kind: str, of: str = "") -> str:
    """Whether a field of a type has one of some values."""
    typed = ", ".join(f"cast({literal(str(value))} as {kind})" for value in values)
    return f"coalesce({of}{quoted(name)} in ({typed}), false)"


def memory(limit: str) -> str:
    """Bound what DuckDB may use."""
    return f"set memory_limit = {literal(limit)}"


IS_LOCKED = "select current_setting('lock_configuration')"


def confined(folders: Iterable[str], files: Iterable[str]) -> list[str]:
    """Let a connection read and write below some folders, read some files, and touch nothing else, for
    good. The order matters: nothing can be allowed once access is off.
    """
    return [
        f"set allowed_directories = [{listed(folders)}]",
        f"set allowed_paths = [{listed(files)}]",
        "set allowed_configs = ['enable_progress_bar', 'enable_progress_bar_print']",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ]


def selection(columns: Iterable[str], source: str) -> str:
    """A scan of some columns of another."""
    return f"(select {', '.join(columns)} from {source})"


def copied(columns: str, source: str, target: str) -> str:
    """Write some columns of a scan to a Parquet file; its result is the number of rows."""
    return f"copy (select {columns} from {source}) to {literal(target)} (format parquet, compression zstd)"


def fill(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: Sequence[tuple],
    is_temporary: bool = True,
) -> None:  # fmt: skip
    """Make a table of our own with some rows. A list for each column: a statement for each row takes a
    hundred times as long.
    """
    connection.execute(_table(name, columns, is_temporary))
    if rows:
        connection.execute(_filled(name, len(columns)), [list(c) for c in zip(*rows, strict=True)])


def _table(name: str, columns: dict[str, str], is_temporary: bool) -> str:
    typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    return f"create or replace {'temp' if is_temporary else ''} table {name} ({typed})"


def _filled(name: str, count: int) -> str:
    unnested = ", ".join(f"unnest(${at})" for at in range(1, count + 1))
    return f"insert into {name} select {unnested}"


def staged_view(parquet: Iterable[str]) -> str:
    """``staged``: the records of some exports, with what holds for the whole of each (``export``)."""
    return (
        "create or replace temp view staged as select e.* exclude (parquet), r.* exclude (filename) "
        f"from read_parquet([{listed(parquet)}], filename = true) as r "
        "inner join export as e on r.filename = e.parquet"
    )


def labels(name: str) -> str:
    """The different texts of a field."""
    return f"select distinct {as_text(name)} from staged"


def label_count(name: str, parquet: str) -> str:
    """How many different texts a field has in one export."""
    return f"select count(distinct {as_text(name)}) from read_parquet({literal(parquet)})"


def days(name: str) -> str:
    """The different days of a field."""
    return f"select distinct {as_day(name)} from staged where {quoted(name)} is not null"


def record_view(columns: dict[str, str], joins: Sequence[str]) -> str:
    """``record``: the staged records with the columns that ``sql/rollups`` counts by."""
    given = ", ".join(f"{value} as {name}" for name, value in columns.items())
    return f"create or replace temp view record as select {given} from staged as s {' '.join(joins)}"


def counted(query: str) -> str:
    """``counted``: the result of a query of ``sql/rollups``."""
    return f"create or replace temp table counted as {query}"


def checked_view(relation: str, columns: Sequence[str], parquet: Iterable[str]) -> str:
    """The staged records with the number of their export and row, to be validated."""
    return (
        f"create view {relation} as select {', '.join(columns)} "
        f"from read_parquet([{listed(parquet)}], filename = true, file_row_number = true) as r "
        "inner join export as e on r.filename = e.parquet"
    )


def summary(relation: str, of: str, by: str, columns: Sequence[str]) -> str:
    """One row an export, with counts of its records."""
    return f"create table {relation} as select {by}, {', '.join(columns)} from {of} group by {by}"


def one_export(relation: str, of: str, by: str, number: int) -> str:
    """The records of one export, to be validated by themselves."""
    return f"create view {relation} as select * from {of} where {by} = {number}"


def broken(rule: int, columns: Sequence[str], query: str) -> str:
    """Note the rows that break a rule, given the query that finds them."""
    return f"insert into broken select {', '.join(columns)}, {rule} from ({query.strip(' ;')})"


def repeated(
    of: str, export: str, row: str, whole: Sequence[str], key: str | None, counts: tuple[str, str, str]
) -> str:
    """The rows whose key, or all of whose fields, are those of a row before them, and all rows that have one
    key and differ in another field; in the exports of which ``counts`` (relation, all, different) says that
    they have some.
    """
    relation, every, different = counts
    present = f"{quoted(key)} is not null and" if key else ""
    same = f"partition by {export}, {quoted(key) if key else ', '.join(whole)}"
    said = f"hash({', '.join(whole)})"
    return (
        f"select {export}, {row} from {of} where {present} "
        f"{export} in (select {export} from {relation} where {every} <> {different}) "
        f"qualify row_number() over ({same} order by {row}) > 1 "
        f"or min({said}) over ({same}) <> max({said}) over ({same})"
    )
