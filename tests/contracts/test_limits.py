"""Files that are made to take a machine down are refused at once, with the reason and what to do."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.common.problems import UnreadableExport
from pipelines.contracts.contract import Source, load
from pipelines.contracts.documents import ContractError
from pipelines.contracts.limits import CONTRACT_BYTES, RECORDS_BYTES, TABLE_BYTES, Limits
from pipelines.contracts.words import Layout
from pipelines.quality.expectations import Validator
from pipelines.reading import exports, grids, workbooks
from pipelines.releases.record_readings import read
from pipelines.releases.store import Store
from tests.small_exports import workbook

MIB = 1 << 20
HEAD = b"type,n\n"
TABLE = """\
period: 2024
columns:
  type: {dimension: crime_type, codes: as_printed}
  n: {value: count, measure: cases}
"""
RECORDS = """\
kind: records
period: 2024
fields:
  type: {dimension: crime_type, codes: as_printed}
  n: {}
measures: {cases: count}
rollup: {period: file}
limits: {lines: 1000, labels: 100, line_bytes: 1000, ratio: 10, unpacked_bytes: 100000000}
"""
SMALL = Limits(cells=100, columns=10, cell_length=20, line_bytes=200)


def refused(path: Path, content: bytes, limits: Limits = SMALL) -> str:
    path.write_bytes(content)
    with pytest.raises(UnreadableExport) as error:
        grids.read(path, "series/a", Layout(limits=limits))
    return str(error.value)


@pytest.mark.parametrize(
    ("content", "said", "word"),
    [
        (HEAD + b"a,1\n" * 60, "row 51: has more cells than a table: 100 are allowed", "cells"),
        (HEAD + b"\n" * 200, "has more cells than a table", "cells"),
        (b"," * 20 + b"\n", "has 21 columns, and 10 are allowed", "columns"),
        (HEAD + b"a" * 30 + b",1\n", "row 2: has a cell of 30 characters, and 20 are allowed", "cell_length"),
        (
            HEAD + b"a" * 300 + b",1\n",
            "row 2: has a line of 303 characters, and 200 are allowed",
            "line_bytes",
        ),
        (HEAD + b'"a\n' + b"b,2\n" * 40_000, "row 2: is not valid CSV: a", ""),
    ],
)
def test_a_table_that_is_too_large_is_refused_with_the_word_that_raises_the_limit(
    tmp_path, content, said, word
):
    message = refused(tmp_path / "a.csv", content)
    assert said in message
    assert f"raise `limits: {{{word}: …}}`" in message if word else True


def test_a_contract_raises_a_limit(source_of):
    source = source_of(TABLE + "limits: {cells: 7, bytes: 1000}\n")
    assert source.tables["table"].layout.limits.cells == 7
    assert source.max_bytes == 1000


def test_a_file_that_is_too_large_is_neither_hashed_nor_opened(source_of, monkeypatch):
    source = source_of(TABLE)
    with (source.folder / "a.csv").open("wb") as file:
        file.truncate(1 << 40)
    monkeypatch.setattr("pipelines.reading.hashes._digest", None)
    [export] = exports.discover(source)
    assert "1,099,511,627,776 bytes are too many; 67,108,864 are allowed" in str(export.problem)


def test_records_may_be_larger_than_tables(source_of):
    assert source_of(RECORDS).max_bytes == RECORDS_BYTES > TABLE_BYTES


# Records


@pytest.fixture
def problems_of(source_of, tmp_path) -> Callable[[str, bytes], list[str]]:
    def problems(name: str, content: bytes) -> list[str]:
        source = source_of(RECORDS)
        (source.folder / name).write_bytes(content)
        validator = Validator(tmp_path / "results", tmp_path / "site")
        [reading] = read(source, exports.discover(source), Store(tmp_path / "store"), validator)
        receipt = reading.receipt
        assert receipt.rows_accepted + receipt.rows_rejected == receipt.rows_received
        assert receipt.status == "quarantined"
        return receipt.problems

    return problems


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", HEAD + b"a,1\n" * 1001, "has more than 1,000 lines"),
        ("a.csv", HEAD + b"\n" * 2000, "has more than 1,000 lines"),
        ("a.csv", HEAD + b"a\n" * 2000, "has more than 1,000 lines"),
        ("a.csv", b"type,n" + b"x" * 1000 + b"\n", "row 1: has a line of more than 1,000 bytes above its rows"),
        ("a.csv", HEAD + b"a," + b"x" * 1000 + b"\nb,2\n", "row 2: is longer than 1,000 bytes"),
        ("a.csv", b"n," + b"x," * 400 + b"\n", "and more: 402 columns, of which so many are not understood"),
        ("a.csv", HEAD + b"".join(b"l%d,1\n" % i for i in range(101)), "has 101 labels of crime type, and 100"),
        ("a.csv", HEAD.replace(b"\n", b"\r") + b"a,1\r", "its lines end in CR alone"),
        ("a.csv.gz", gzip.compress(HEAD + b"a,1\n" * 9, mtime=0)[:-9], "is not a whole gzip file"),
        ("a.csv.gz", gzip.compress(HEAD, mtime=0) + b"no gzip", "is not a whole gzip file"),
    ],
)  # fmt: skip
def test_records_that_are_too_many_or_too_long_are_refused(problems_of, name, content, said):
    assert any(said in problem for problem in problems_of(name, content))


def test_a_gzip_bomb_is_not_unpacked(problems_of):
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1) as file:
        for part in (HEAD, *[b"\0" * MIB] * 90):
            file.write(part)
    [problem] = problems_of("a.csv.gz", bomb.getvalue())
    assert "is more than 10 times as long once unpacked" in problem


def test_a_parquet_bomb_is_not_unpacked(problems_of, tmp_path):
    bomb = tmp_path / "bomb"
    duckdb.sql(f"copy (select 'a' as type, 'b' as n from range(2000)) to '{bomb}' (format parquet)")
    [problem] = problems_of("a.parquet", bomb.read_bytes())
    assert "has 2,000 lines, and 1,000 are allowed" in problem


# Workbooks


def book(changed: Callable[[bytes], bytes] = bytes, more: dict[str, bytes] | None = None) -> bytes:
    """A workbook of two rows whose sheet was changed by hand."""
    result = io.BytesIO()
    good = io.BytesIO(workbook({"Sheet": [["type", "n"], ["a", 1]]}))
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, changed(content) if "sheet1.xml" in entry.filename else content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return result.getvalue()


def with_rows(xml: bytes, times: int = 1) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(b"</sheetData>", xml * times + b"</sheetData>")


def below_rows(xml: bytes) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(b"</sheetData>", b"</sheetData>" + xml)


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
EVERYTHING = b'ref="A1:XFD1048576"'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (book(with_rows(b" " * MIB, 129)), "bytes once unpacked, and 134,217,728 are allowed"),
        (book(with_rows(b"<row>" + b"<c/>" * 501 + b"</row>")), "more than 400 cells, empty ones included"),
        (book(with_rows(b'<x:row xmlns:x="y" />', (1 << 20) + 1)), "has more than 1,048,576 rows"),
        (book(below_rows(b"<dataValidation/>" * 400_001)), "formats, names, links and other parts"),
        (book(below_rows(b"<mergeCells><mergeCell " + EVERYTHING + b"/></mergeCells>")), "merged and linked"),
        (book(below_rows(b"<hyperlink location='x' " + EVERYTHING + b"/>")), "merged and linked ranges"),
        (book(below_rows(b'<mergeCell ref="A1&#58;XFD1048576"/>')), "a merged or linked range that is none"),
        (book(with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "1,048,576 rows of 16,384 columns"),
        (book(with_rows(b'<row r="1048576"><c r="B1048576"><v>1</v></c></row>')), "1,048,576 rows of 2 columns"),
        (book(lambda sheet: LAUGHS + sheet), "declares XML entities in `xl/worksheets/sheet1.xml`"),
        (book(lambda sheet: LAUGHS.replace(b"[", b"SYSTEM 'file:///etc/passwd' [") + sheet), "declares XML entities"),
        (book(lambda sheet: sheet.decode().encode("utf-16")), "has a part in UTF-16"),
        (book(more={f"{number}.txt": b"" for number in range(2001)}), "is an archive of 2,0"),
        (book(more={f"xl/worksheets/{number}.xml": b"" for number in range(256)}), "has 257 sheets, and 256"),
        (book(with_rows(b'<row><c t="inlineStr"><is><t>' + b"a" * 50 + b"</t></is></c></row>")), "a cell of 50 char"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_parsed(tmp_path, content, said):
    assert said in refused(tmp_path / "a.xlsx", content)


def test_a_workbook_whose_dimension_lies_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(lambda sheet: sheet.replace(b'ref="A1:B2"', EVERYTHING)))
    grid = grids.read(path, "series/a", Layout(limits=SMALL))
    assert (grid.labels, len(grid.cells)) == (["type", "n"], 1)


def test_the_titles_of_a_bomb_are_not_read(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(lambda sheet: LAUGHS + sheet))
    with pytest.raises(UnreadableExport, match="declares XML entities"):
        workbooks.titles(path, "series/a")


def test_numbers_that_are_none_do_not_stop_the_command(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(with_rows(b"<row><c><v>1e999</v></c><c><v>1e300</v></c></row>")))
    cells = grids.read(path, "series/a", Layout()).cells
    assert cells.at[3, 0] == "inf"


# Files that are none, and names


@pytest.fixture
def source(source_of) -> Source:
    return source_of(TABLE)


def test_what_is_no_file_is_refused_and_not_waited_for(source):
    os.mkfifo(source.folder / "pipe.csv")
    (source.folder / "self.csv").symlink_to("self.csv")
    (source.folder / "null.csv").symlink_to("/dev/null")
    (source.folder / "up").symlink_to("..")
    (source.folder / "gone.csv").symlink_to("none")
    assert [str(export.problem).split(". ")[0] for export in exports.discover(source)] == [
        "`series/gone.csv`: cannot be read: No such file or directory",
        "`series/null.csv`: is a symbolic link that leads out of the raw folder; it was not opened",
        "`series/pipe.csv`: is not a regular file",
        "`series/self.csv`: is a symbolic link that leads to itself",
        "`series/up`: is not a regular file",
    ]


def test_a_folder_that_cannot_be_listed_is_not_overlooked(source, monkeypatch):
    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(source.folder / "closed")))
        return iter(())

    monkeypatch.setattr("pipelines.reading.exports.os.walk", walk)
    [export] = exports.discover(source)
    assert str(export.problem).startswith("`series/closed`: cannot be read: Permission denied")


def test_files_of_one_address_are_told_apart(source):
    for number, name in enumerate(("café.csv", "cafe\u0301.csv")):
        (source.folder / name).write_bytes(HEAD + b"a,%d\n" % number)
    good, other = exports.discover(source)
    assert unicodedata.is_normalized("NFC", good.file)
    assert other.file == f"{good.file} (2)"
    assert [export.problem is None for export in (good, other)] == [True, False]


def test_names_are_printed_harmless(source):
    for name in (b"a\nb.txt", b"\x1b[31mred.txt", b"\xff.txt", "\u202egpj.txt".encode(), b"x\\..\\y.txt"):
        Path(os.fsdecode(bytes(source.folder) + b"/" + name)).write_bytes(HEAD)
    said = [str(export.problem) for export in exports.discover(source)]
    assert len(said) == 5
    assert all(text.isprintable() for text in said)


# Contracts


GOOD = "files: '*'\nreleased_on: 2025-01-01\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("files: '../other/*.csv'", "no `..`, and no `/` at its beginning"),
        ("files: '/etc/*'", "no `..`, and no `/` at its beginning"),
        (r"files: '(?P<region>(\w+)+).csv'", "repeats what can read the same text in several ways"),
        ("columns: {'/((a+))+/': {value: count, measure: cases}}", "repeats what can read the same text in several ways"),
        (GOOD + "encoding: undefined", "is not an encoding"),
        (GOOD + "encoding: unicode_escape", "is not an encoding"),
        ("notes: " + "x" * CONTRACT_BYTES, "is longer than 262,144 bytes"),
        ("notes:\n " + "- " * 1000, "is nested too deeply"),
        ("notes: &a [*a]", "notes: input should be a valid string"),
        (
            "notes:\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"- &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)),
            "has more than 200,000 values once its aliases are written out",
        ),
    ],
)  # fmt: skip
def test_a_contract_that_reaches_out_or_never_ends_is_refused(tmp_path, words, said):
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "source.yaml").write_text(
        "title: t\npublisher: p\nlicence: n\n" + words + "\n", encoding="utf-8"
    )
    with pytest.raises(ContractError) as error:
        load(folder)
    assert said in str(error.value)


def test_a_contract_that_is_a_pipe_is_not_waited_for(tmp_path):
    (tmp_path / "series").mkdir()
    os.mkfifo(tmp_path / "series" / "source.yaml")
    with pytest.raises(ContractError, match="is not a regular file"):
        load(tmp_path / "series")


# All of it, with memory bounded by the system

BOUNDED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from pathlib import Path
from pipelines.reading import exports, grids
from pipelines.contracts.contract import load
from pipelines.common.problems import UnreadableExport
source = load(Path(sys.argv[1]))
for export in exports.discover(source):
    try:
        grids.read(export.path, export.file, source.tables["table"].layout)
        print("read")
    except UnreadableExport as error:
        print(error.problems[0].rule)
"""


def test_two_gibibytes_and_a_minute_are_enough_for_what_is_hostile(source):
    for number, content in enumerate(
        (
            HEAD + b"a,1\n" * (8 * MIB),
            b"," * (30 * MIB),
            HEAD + b"x" * (40 * MIB),
            HEAD + '"😀,\n'.encode() * MIB,
        )
    ):
        (source.folder / f"{number}.csv").write_bytes(content)
    (source.folder / "4.xlsx").write_bytes(book(below_rows(b"<mergeCell " + EVERYTHING + b"/>")))
    run = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(source.folder)], capture_output=True, text=True, check=False
    )
    assert (run.stdout.split(), run.stderr) == (["size", "size", "size", "format", "size"], "")
