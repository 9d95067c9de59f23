"""``caseload export``: what is taken away is read back by libraries that did not write it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system
from pysdmx.io import read_sdmx
from pysdmx.model import Codelist
from pysdmx.model.dataflow import Dataflow, DataStructureDefinition
from python_calamine import load_workbook

from pipelines.commands import show_export
from pipelines.takeaway import export as exports
from pipelines.takeaway import places, sdmx_hierarchies, selection, workbook
from pipelines.takeaway.export import Wish
from pipelines.takeaway.refusals import Refused
from pipelines.takeaway.sdmx_structure import Entry
from tests.command import NOI, caseload, sql

pytestmark = pytest.mark.whole

HOSTILE = [
    '=HYPERLINK("http://evil.example","click")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "two\nlines",
    'say "no", twice', "사이버범죄, '기타'", "<script>alert(1)</script> & more", "-4.1", "",
]  # fmt: skip
DEFUSED = {0, 1, 2, 3, 4}
"""Those that begin like a formula."""


@pytest.fixture(scope="module")
def database(first_run: Path) -> Path:
    return first_run / "warehouse/caseload.duckdb"


@pytest.fixture(scope="module")
def hostile(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse, with types of crime that are as bad as labels can be, and one source made up."""
    copy = tmp_path_factory.mktemp("hostile") / "caseload.duckdb"
    copy.write_bytes(database.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        labels = [label for label in HOSTILE if label]
        connection.execute(
            "insert into crime_type_shares by name"
            " select shares.* replace (bad.label as crime_type, bad.label as source_column)"
            " from crime_type_shares as shares, unnest($labels) as bad (label)"
            " where shares.crime_type = 'deepfake'",
            {"labels": labels},
        )
        connection.execute(
            "update sources set is_simulated = true, title = '=1+1<b>' where source = $noi", {"noi": NOI}
        )
    return copy


def taken(database: Path, folder: Path, format_: str, **wish) -> Path:
    out = folder / ("book.xlsx" if format_ == "xlsx" else format_)
    return exports.export(database, Wish(format_, out=out, **wish)).path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# CSV


def test_csv_is_a_valid_data_package_with_types_keys_texts_and_sources(
    database: Path, tmp_path: Path
) -> None:
    folder = taken(database, tmp_path, "csv")
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])[:5]
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["name"] for resource in package["resources"]} == set(selection.DEFAULT)
    [shares] = [resource for resource in package["resources"] if resource["name"] == "crime_type_shares"]
    assert shares["schema"]["primaryKey"] == [
        "source", "period_start", "period_end", "measure", "region", "crime_type",
    ]  # fmt: skip
    fields = {field["name"]: field for field in shares["schema"]["fields"]}
    assert (fields["period_start"]["type"], fields["value"]["type"]) == ("date", "integer")
    assert (
        fields["share_pct"]["description"]
        == "100 * value / base_value, unrounded; empty where base_value is."
    )
    assert [source["title"].rpartition("(")[2] for source in package["sources"]] == [
        f"{NOI})", "npa_cybercrime_yearly)"
    ]  # fmt: skip
    assert package["licenses"]
    assert package["id"] == package["caseload"]["publication_id"]


def test_csv_has_what_the_warehouse_has(database: Path, tmp_path: Path, first_run: Path) -> None:
    folder = taken(database, tmp_path, "csv", relations=("crime_type_shares", "publication"))
    assert sorted(path.name for path in folder.iterdir()) == [
        "crime_type_shares.csv", "datapackage.json", "publication.csv",
    ]  # fmt: skip
    found = [
        (row["crime_type"], row["value"], row["share_pct"])
        for row in rows_of(folder / "crime_type_shares.csv")
    ]
    assert found == [
        (name, str(value), "")
        for name, value in sql(first_run, "select crime_type, value from crime_type_shares")
    ]


def test_formulas_are_text_in_csv_and_the_package_says_so(database: Path, tmp_path: Path) -> None:
    query = (
        "select unnest(range(11)) as number, unnest(["
        + ", ".join(quoted(text) for text in HOSTILE)
        + "]) as label"
    )
    folder = taken(database, tmp_path, "csv", query=query)
    found = [row["label"] for row in rows_of(folder / "query.csv")]
    assert found == [f"'{text}" if at in DEFUSED else text for at, text in enumerate(HOSTILE)]
    [resource] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource["caseload:defused_cells"] == len(DEFUSED)
    with system.use_context(trusted=True):
        assert Package(str(folder / "datapackage.json")).validate().valid


CONTROLS = "select 'a' || chr(0) || chr(27) || '[31m' as label, chr(0) || '=1+1' as formula, chr(133) as next, " \
    "'two' || chr(10) || 'lines' as lines, 'a' || chr(9) || 'b' as tab"  # fmt: skip
SHOWN = ["a\\x00\\x1b[31m", "\\x00=1+1", "\\x85", "two\nlines", "a\tb"]


def test_control_characters_are_written_out_in_csv_and_counted(database: Path, tmp_path: Path) -> None:
    folder = taken(database, tmp_path, "csv", query=CONTROLS)
    [row] = rows_of(folder / "query.csv")
    assert list(row.values()) == SHOWN
    [resource] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource["caseload:defused_cells"] == 3
    assert "\\x00 (here NUL)" in resource["caseload:defused"]


def test_control_characters_are_written_out_in_excel_and_on_standard_output(
    database: Path, first_run: Path, tmp_path: Path
) -> None:
    sheet = openpyxl.load_workbook(taken(database, tmp_path, "xlsx", query=CONTROLS))["query"]
    assert [cell.value for cell in sheet[2]] == SHOWN
    printed = caseload(first_run, "query", CONTROLS, "--format", "csv").stdout
    assert list(csv.reader(io.StringIO(printed)))[1] == SHOWN


def test_control_characters_leave_the_structure_of_sdmx_readable(tmp_path: Path, database: Path) -> None:
    copy = tmp_path / "caseload.duckdb"
    copy.write_bytes(database.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update sources set title = 'A' || chr(0) || chr(8) || 'title'")
        connection.execute("update crime_type_shares set source_column = 'x' || chr(0), crime_type = chr(1) || 'a'"
                           " where crime_type = 'deepfake'")  # fmt: skip
    folder = taken(copy, tmp_path, "sdmx", relations=("crime_type_shares",))
    structures = read_sdmx(folder / "structure.xml", validate=True).structures
    names = {code.name for each in structures if isinstance(each, Codelist) for code in each}
    assert names >= {r"A\x00\x08title", r"\x01a"}
    assert r"x\x00" in {row["SOURCE_COLUMN"] for row in rows_of(folder / "crime_type_shares.csv")}


def package_of(database: Path, folder: Path, query: str) -> dict:
    return json.loads((taken(database, folder, "csv", query=query) / "datapackage.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        (f"select source, value from arrest_trends where source = '{NOI}'", [NOI]),
        ("select source, value from arrest_trends where false", []),
        ("select source as series, value from arrest_trends", [NOI, "npa_cybercrime_yearly"]),
        ("select 'Korea' as source, value from arrest_trends", [NOI, "npa_cybercrime_yearly"]),
        ("select null as source, value from arrest_trends", [NOI, "npa_cybercrime_yearly"]),
    ],
    ids=["one", "none", "renamed", "made_up", "empty"],
)
def test_a_package_lists_the_sources_of_its_rows_or_all_where_they_do_not_say(
    database: Path, tmp_path: Path, query: str, sources: list[str]
) -> None:
    package = package_of(database, tmp_path, query)
    listed = [source["title"].rpartition("(")[2].rstrip(")") for source in package.get("sources", [])]
    assert listed == sources
    assert package["caseload"]["contradictions"] == (4 if NOI in sources else 0)
    assert not Package.validate_descriptor(package).errors


def test_columns_of_a_query_keep_what_they_mean_where_they_are_columns_of_a_relation(
    database: Path, tmp_path: Path
) -> None:
    query = (
        "with latest as (from Arrest_Trends) "
        "select measure, value, sum(previous_value) as previous_value, change_pct as growth, export_id "
        "from latest join exports using (export_id) group by all"
    )
    [resource] = package_of(database, tmp_path, query)["resources"]
    described = {field["name"]: field.get("description") for field in resource["schema"]["fields"]}
    assert described == {
        "measure": "What is counted; see codes for unit and definition.",
        "value": described["value"],
        "previous_value": None,  # a sum is another thing
        "growth": None,
        "export_id": None,  # not the same in both
    }
    assert described["value"]
    (tmp_path / "alone").mkdir()
    [resource] = package_of(database, tmp_path / "alone", "from crime_type_shares")["resources"]
    assert all(field.get("description") for field in resource["schema"]["fields"])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def test_every_type_of_a_query_has_one_spelling(database: Path, tmp_path: Path) -> None:
    query = (
        "select true as truth, date '2020-02-29' as day, timestamp '2020-02-29 12:30:00' as moment, 0.1 as part, "
        "null::bigint as nothing, [1, 2] as list, {'a': 'é'} as struct, sum(9007199254740993) as wide"
    )
    folder = taken(database, tmp_path, "csv", query=query)
    [row] = rows_of(folder / "query.csv")
    assert row == {
        "truth": "true", "day": "2020-02-29", "moment": "2020-02-29T12:30:00", "part": "0.1", "nothing": "",
        "list": "[1, 2]", "struct": '{"a": "é"}', "wide": "9007199254740993",
    }  # fmt: skip
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["fieldName", "type", "message"])


# Parquet


def test_parquet_has_the_types_and_the_rows_of_the_warehouse(
    database: Path, tmp_path: Path, first_run: Path
) -> None:
    folder = taken(database, tmp_path, "parquet", relations=("arrest_trends",))
    table = pq.read_table(folder / "arrest_trends.parquet")
    assert str(table.schema.field("period_start").type) == "date32[day]"
    assert str(table.schema.field("value").type) == "int64"
    columns = "source, period_start, measure, crime_type, value, change_pct"
    expected = sql(first_run, f"select {columns} from arrest_trends")
    assert (
        list(zip(*(table.column(name).to_pylist() for name in columns.split(", ")), strict=True)) == expected
    )
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert not Package.validate_descriptor(package).errors
    [resource] = package["resources"]
    assert resource["path"] == "arrest_trends.parquet"


def test_wide_sums_stay_exact_in_parquet(database: Path, tmp_path: Path) -> None:
    folder = taken(database, tmp_path, "parquet", query="select sum(9007199254740993) as n, '=1' as text")
    [row] = pq.read_table(folder / "query.parquet").to_pylist()
    assert (int(row["n"]), row["text"]) == (9007199254740993, "=1")


# Excel


def test_a_workbook_opens_with_notes_then_a_sheet_a_mart(
    database: Path, tmp_path: Path, first_run: Path
) -> None:
    book = openpyxl.load_workbook(taken(database, tmp_path, "xlsx"))
    assert book.sheetnames == ["notes", *selection.DEFAULT]
    told = "\n".join(str(cell) for row in book["notes"].iter_rows(values_only=True) for cell in row if cell)
    [(publication_id,)] = sql(first_run, "select publication_id from publication")
    for said in (
        publication_id, "Contradictions: 4", "the printed total is 3,411, so they are not shares of it",
        "base_kind: implied", "National Office of Investigation", "An empty cell is no number",
    ):  # fmt: skip
        assert said in told
    sheet = book["arrest_trends"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(sheet.max_column)}{sheet.max_row}"
    head = {cell.value: cell for cell in sheet[1]}
    assert head["change_pct"].comment.text == "100 * change / previous_value, unrounded."
    change = head["change_pct"].column
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, change).value is not None)
    by_name = {name: sheet.cell(row, cell.column) for name, cell in head.items()}
    assert (by_name["period_start"].value, by_name["period_start"].number_format) == (
        dt.datetime(2024, 11, 1), "yyyy-mm-dd",
    )  # fmt: skip
    assert by_name["value"].number_format == "#,##0"
    assert by_name["change_pct"].number_format == "0.0"
    assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[1])


def test_a_second_reader_sees_the_same_figures(database: Path, tmp_path: Path, first_run: Path) -> None:
    path = taken(database, tmp_path, "xlsx", relations=("age_distributions",))
    head, *rows = load_workbook(str(path)).get_sheet_by_name("age_distributions").to_python()
    columns = ["age_band", "value", "published_share_pct"]
    found = [tuple(row[head.index(name)] for name in columns) for row in rows]
    assert found == sql(first_run, "select age_band, value, published_share_pct from age_distributions")


def test_text_stays_text_in_a_workbook(hostile: Path, tmp_path: Path) -> None:
    path = taken(hostile, tmp_path, "xlsx", relations=("crime_type_shares",))
    sheet = openpyxl.load_workbook(path)["crime_type_shares"]
    column = [cell.value for cell in sheet[1]].index("crime_type") + 1
    cells = [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]
    assert {cell.value for cell in cells} >= {text for text in HOSTILE if text}
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in parts.read(name) for name in sheets)
        assert not any(b"<hyperlink" in parts.read(name) for name in sheets)


@pytest.mark.parametrize("in_memory", [2_000_000, 0], ids=["in_memory", "row_by_row"])
def test_markup_that_looks_ready_for_a_workbook_is_text_in_it(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(workbook, "IN_MEMORY", in_memory)
    query = (
        "select '<r>&bad</r>' as \"<r>x</r>\", '<r><t>x</t></r>' as b, '<r></r>' as c, '=1' as d, '=1' as e"
    )
    path = taken(hostile, tmp_path, "xlsx", query=query)
    texts = ["<r>&bad</r>", "<r><t>x</t></r>", "<r></r>", "=1", "=1"]
    assert [cell.value for cell in openpyxl.load_workbook(path)["query"][2]] == texts
    head, row = load_workbook(str(path)).get_sheet_by_name("query").to_python()
    assert (head, row) == (["<r>x</r>", "b", "c", "d", "e"], texts)


def test_a_workbook_is_the_same_however_it_is_written(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large").mkdir()
    small = openpyxl.load_workbook(taken(database, tmp_path, "xlsx"))
    monkeypatch.setattr(workbook, "IN_MEMORY", 0)
    large = openpyxl.load_workbook(taken(database, tmp_path / "large", "xlsx"))
    for name in small.sheetnames:
        assert list(small[name].values) == list(large[name].values)


def test_what_excel_cannot_count_or_date_is_text(database: Path, tmp_path: Path) -> None:
    query = (
        "select 12345678901234567 as long, date '1850-05-01' as old, 'nan'::double as nothing, 1850 as year"
    )
    sheet = openpyxl.load_workbook(taken(database, tmp_path, "xlsx", query=query))["query"]
    assert [cell.value for cell in sheet[2]] == ["12345678901234567", "1850-05-01", "nan", 1850]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select * from range(1048576)", "1,048,576 rows, a sheet of Excel holds 1,048,575"),
        ("select repeat('가', 32768) as text", "query, row 1, column 'text': 32,768 characters"),
    ],
)
def test_what_a_sheet_cannot_hold_says_what_to_do(
    database: Path, tmp_path: Path, query: str, said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        taken(database, tmp_path, "xlsx", query=query)
    assert "--format csv or parquet" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_no_sheet_can_have_is_refused() -> None:
    with duckdb.connect() as connection:
        table = selection.Table("a" * 32, (), connection.sql("select 1"))
        with pytest.raises(Refused, match="at most 31 characters"):
            workbook.write([table], None, Path("none.xlsx"))  # type: ignore[arg-type]


# SDMX


def test_sdmx_is_read_back_with_its_structure(database: Path, tmp_path: Path) -> None:
    folder = taken(database, tmp_path, "sdmx")
    message = read_sdmx(folder / "structure.xml", validate=True)
    [definition] = [each for each in message.structures if isinstance(each, DataStructureDefinition)]
    lists = {each.id: each for each in message.structures if isinstance(each, Codelist)}
    flows = {each.id for each in message.structures if isinstance(each, Dataflow)}
    assert flows == {"CRIME_TYPE_SHARES", "AGE_DISTRIBUTIONS", "ARREST_TRENDS", "ROLLING_TWELVE_MONTHS"}
    names = [component.id for component in definition.components]
    for name in ("crime_type_shares", "age_distributions", "arrest_trends"):
        [data] = read_sdmx(folder / f"{name}.csv", validate=True).data
        assert list(data.data.columns) == names
        for dimension in definition.components.dimensions:
            if f"CL_{dimension.id}" in lists:
                assert set(data.data[dimension.id]) <= {code.id for code in lists[f"CL_{dimension.id}"]}
        key = [dimension.id for dimension in definition.components.dimensions]
        assert not data.data.duplicated(key).any()


def test_sdmx_says_at_each_source_what_contradicts_what(
    database: Path, first_run: Path, tmp_path: Path
) -> None:
    folder = taken(database, tmp_path, "sdmx")
    structures = read_sdmx(folder / "structure.xml", validate=True).structures
    [sources] = [each for each in structures if isinstance(each, Codelist) and each.id == "CL_SOURCE"]
    said = "select explanation from reconciliations where verdict = 'contradicts' order by 1"
    told = {each.text for each in sources[NOI].annotations if each.type == "CONTRADICTION"}
    assert told == {text for (text,) in sql(first_run, said)}
    assert {each.title for each in sources[NOI].annotations} == {"2024-11–2025-10"}
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert "see the annotations of CL_SOURCE in structure.xml" in package["description"]


def test_what_is_part_of_what_is_a_hierarchy_of_sdmx_with_every_code_once() -> None:
    lists = {
        "SOURCE": [Entry("harbour", "Harbour")],
        "CRIME_TYPE": [Entry(code, code) for code in ("_T", "theft", "bicycles", "cars", "fraud")],
        "REF_AREA": [Entry("_T", "Total"), Entry("north", "North")],
        "AGE": [Entry("_T", "Total")],
    }
    rows = [
        ("harbour", "crime_type", "theft", "property"),  # which is in no table: its parts move up
        ("harbour", "crime_type", "property", "total"),
        ("harbour", "crime_type", "bicycles", "theft"),
        ("harbour", "crime_type", "bicycles", "total"),  # by another measure
        ("harbour", "crime_type", "cars", "theft"),
        ("harbour", "crime_type", "fraud", "total"),
        ("harbour", "region", "north", "total"),  # one level is no hierarchy
        ("elsewhere", "crime_type", "cars", "theft"),  # a source that is not taken away
    ]
    names = ("source", "dimension", "code", "whole_code")
    parts = [dict(zip(names, row, strict=True)) for row in rows]
    [found] = sdmx_hierarchies.hierarchies(parts, lists)
    assert found.id == "H_CRIME_TYPE_harbour"
    [top] = found.codes
    assert {code.id: [below.id for below in code.codes] for code in top.codes} == {
        "theft": ["bicycles", "cars"], "fraud": [],
    }  # fmt: skip
    assert top.urn == "urn:sdmx:org.sdmx.infomodel.codelist.Code=CASELOAD:CL_CRIME_TYPE(1.0)._T"


def test_figures_keep_their_digits_units_states_and_periods_in_sdmx(database: Path, tmp_path: Path) -> None:
    folder = taken(database, tmp_path, "sdmx", relations=("age_distributions", "crime_type_shares"))
    rows = rows_of(folder / "age_distributions.csv")
    count, share = [row for row in rows if (row["CRIME_TYPE"], row["AGE"]) == ("_T", "Y10T19")]
    names = ["FIGURE", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "DECIMALS", "OBS_STATUS", "SEX", "FREQ"]
    assert [count[name] for name in names] == [
        "COUNT",
        "2024-11-01/P12M",
        "1761",
        "person",
        "0",
        "A",
        "_T",
        "_O",
    ]
    assert [share[name] for name in names[:5]] == ["PUBLISHED_SHARE", "2024-11-01/P12M", "47.6", "PC", "1"]
    assert (share["IMPLIED_BASE_LOW"], share["IMPLIED_BASE_HIGH"]) == ("3696", "3699")
    assert (count["IS_SIMULATED"], count["STRUCTURE"]) == ("false", "dataflow")
    assert count["STRUCTURE_ID"] == "CASELOAD:AGE_DISTRIBUTIONS(1.0)"
    with system.use_context(trusted=True):
        assert Package(str(folder / "datapackage.json")).validate().valid


def test_hostile_codes_are_identifiers_in_sdmx_and_markup_nowhere(hostile: Path, tmp_path: Path) -> None:
    folder = taken(hostile, tmp_path, "sdmx", relations=("crime_type_shares",))
    assert "<script>" not in (folder / "structure.xml").read_text(encoding="utf-8")
    structures = read_sdmx(folder / "structure.xml", validate=True).structures
    codes = {each.id: each for each in structures if isinstance(each, Codelist)}["CL_CRIME_TYPE"]
    names = {code.name for code in codes}
    assert names >= {"<script>alert(1)</script> & more", "사이버범죄, '기타'", "@SUM(A1)"}
    rows = rows_of(folder / "crime_type_shares.csv")
    assert {row["CRIME_TYPE"] for row in rows} <= {code.id for code in codes}
    assert not any(row["SOURCE_COLUMN"].startswith(("=", "@", "+")) for row in rows)
    sources = {each.id: each for each in structures if isinstance(each, Codelist)}["CL_SOURCE"]
    assert "SIMULATED" in str(sources[NOI].description)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"relations": ("sources",)}, "sources is no table of figures that SDMX can hold"),
        ({"query": "select * from crime_type_shares"}, "it has no column age_band, sex"),
        (
            {"query": "select *, 'total' as age_band, 'total' as sex from crime_type_shares, range(2)"},
            "several rows of one figure",
        ),
    ],
)
def test_what_is_no_observation_of_sdmx_is_refused(
    database: Path, tmp_path: Path, wish: dict, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        taken(database, tmp_path, "sdmx", **wish)
    assert list(tmp_path.iterdir()) == []


def test_a_query_of_figures_becomes_sdmx(database: Path, tmp_path: Path) -> None:
    query = (
        "select *, 'total' as age_band, 'total' as sex from crime_type_shares where crime_type = 'deepfake'"
    )
    folder = taken(database, tmp_path, "sdmx", query=query)
    assert [row["OBS_VALUE"] for row in rows_of(folder / "query.csv")] == ["1553", "35.2"]


# The command


def test_the_command_says_what_it_wrote_and_of_what_to_be_careful(first_run: Path, tmp_path: Path) -> None:
    done = caseload(
        first_run, "export", "crime_type_shares", "--format", "csv", "--out", str(tmp_path / "shares")
    )
    assert done.returncode == 0
    for said in (
        "crime_type_shares: 3 rows",
        "4 contradictions among published figures",
        str(tmp_path / "shares"),
    ):
        assert said in done.stdout


@pytest.mark.parametrize("format_", ["csv", "parquet", "xlsx", "sdmx"])
def test_how_far_the_writing_is_can_be_told(database: Path, tmp_path: Path, format_: str) -> None:
    told: list[tuple[str, int, int]] = []
    wish = Wish(format_, ("crime_type_shares", "arrest_trends"), out=tmp_path / "new")
    taken_away = exports.export(database, wish, lambda *how_far: told.append(how_far))
    assert {name: rows for name, _, rows in told} == taken_away.rows
    assert {in_all for _, in_all, _ in told} == {sum(taken_away.rows.values())}


def test_progress_is_shown_on_a_terminal_only(
    first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("export", "codes", "--format", "csv", "--out")
    assert caseload(first_run, *arguments, str(tmp_path / "quiet")).stderr == ""
    monkeypatch.setenv("FORCE_COLOR", "1")  # by which rich takes what it writes to for a terminal
    shown = caseload(first_run, *arguments, str(tmp_path / "shown"))
    [(rows,)] = sql(first_run, "select count(*) from codes")
    assert f"{rows} of {rows} rows" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.stderr)
    assert f"of {rows} rows" not in shown.stdout


def test_without_a_name_files_are_named_after_the_publication(
    first_run: Path, copied_run: Callable[[Path], Path], tmp_path: Path
) -> None:
    run = copied_run(tmp_path)
    [(publication_id,)] = sql(first_run, "select publication_id from publication")
    assert caseload(run, "export", "sources", "--format", "xlsx").returncode == 0
    assert caseload(run, "export", "sources", "--format", "parquet").returncode == 0
    assert (run / f"caseload-{publication_id}.xlsx").is_file()
    assert (run / f"caseload-{publication_id}-parquet/sources.parquet").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export"], "--format"),
        (["export", "crime_type_share", "--format", "csv"], "closest: 'crime_type_shares'"),
        (["export", "sources", "--query", "select 1", "--format", "csv"], "not both"),
        (["export", "--query", "select 1; select 2", "--format", "csv"], "not 2 statements"),
        (["export", "--query", "copy codes to 'x.csv'", "--format", "csv"], "a statement that selects none"),
        (
            ["export", "--query", "select 1 as a, 2 as a", "--format", "csv"],
            "Two columns of the query are called 'a'",
        ),
        (["export", "--query", "select nothing", "--format", "csv"], "Binder Error"),
        (
            ["export", "--query", "select * from read_csv('/etc/passwd')", "--format", "csv"],
            "Permission Error",
        ),
        (["export", "sources", "--format", "xlsx", "--out", "book.csv"], "neither a folder nor a name"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why_and_leaves_nothing(
    first_run: Path, arguments: list[str], said: str
) -> None:
    before = sorted(first_run.rglob("*"))
    done = caseload(first_run, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert sorted(first_run.rglob("*")) == before


IMPOSSIBLE = [
    ("{folder}/a_file/below", "`{folder}/a_file` is no folder"),
    ("{folder}/a_file/deep/below", "`{folder}/a_file` is no folder"),
    ("/proc/nothing", "nothing can be made in `/proc` (No such file or directory)"),
    ("{folder}/" + "n" * 300, "nothing can be made in `{folder}` (File name too long)"),
]


@pytest.mark.parametrize("suffix", ["", ".xlsx"], ids=["folder", "workbook"])
@pytest.mark.parametrize(("place", "said"), IMPOSSIBLE, ids=["in_a_file", "below_a_file", "proc", "long"])
def test_a_place_where_nothing_can_be_written_is_named_with_the_reason_and_what_to_do(
    first_run: Path, tmp_path: Path, suffix: str, place: str, said: str
) -> None:
    (tmp_path / "a_file").touch()
    out = place.format(folder=tmp_path) + suffix
    format_ = "xlsx" if suffix else "csv"
    done = caseload(first_run, "export", "sources", "--format", format_, "--out", out)
    assert done.returncode == 2
    assert done.stderr.startswith(f"`{out[:190]}")
    assert said.format(folder=tmp_path) in done.stderr
    assert done.stderr.endswith("Name another place with --out.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a_file"]


def test_a_folder_in_which_this_user_may_not_write_is_named(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(**_: object) -> None:  # the tests may run as root, who may write everywhere
        raise PermissionError(13, "Permission denied", "a name that nobody has given")

    monkeypatch.setattr(places.tempfile, "mkdtemp", forbidden)
    with pytest.raises(Refused, match=r"nothing can be made in `.*` \(Permission denied\)") as refused:
        taken(database, tmp_path, "csv", relations=("sources",))
    assert "a name that" not in str(refused.value)


@pytest.mark.parametrize("out", ["new/folder/marts.xlsx", "new/folder"])
def test_folders_for_a_workbook_are_made(database: Path, tmp_path: Path, out: str) -> None:
    path = exports.export(database, Wish("xlsx", ("sources",), out=tmp_path / out)).path
    assert path.parent == tmp_path / "new/folder"
    assert openpyxl.load_workbook(path).sheetnames == ["notes", "sources"]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_folders_that_were_made_for_nothing_are_taken_away(
    database: Path, tmp_path: Path, format_: str
) -> None:
    with pytest.raises(Refused, match="There is no relation"):
        exports.export(database, Wish(format_, ("nothing",), out=tmp_path / "new/deep/marts.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_told_with_what_to_do(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports.data_package, "package", full)
    assert show_export.export(database, "csv", ["sources"], None, tmp_path / "csv", may_replace=False) == 1
    assert capsys.readouterr().err == (
        "The export failed, and nothing of it is left: No space left on device. "
        "Free some space and run again.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_kept_unless_it_is_to_be_replaced(database: Path, tmp_path: Path) -> None:
    folder = taken(database, tmp_path, "csv", relations=("sources", "codes"))
    with pytest.raises(Refused, match="is not empty"):
        taken(database, tmp_path, "csv", relations=("sources",))
    taken(database, tmp_path, "csv", relations=("sources",), may_replace=True)
    assert sorted(path.name for path in folder.iterdir()) == ["datapackage.json", "sources.csv"]
    (folder / "my notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match=r"what no export has put there: my notes\.txt"):
        taken(database, tmp_path, "csv", relations=("sources",), may_replace=True)
    assert (folder / "my notes.txt").read_text(encoding="utf-8") == "mine"
    book = taken(database, tmp_path, "xlsx", relations=("sources",))
    with pytest.raises(Refused, match="is there already"):
        taken(database, tmp_path, "xlsx", relations=("sources",))
    assert taken(database, tmp_path, "xlsx", relations=("sources",), may_replace=True) == book


def test_force_replaces_no_folder_that_is_none_of_ours(database: Path, tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv/thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(Refused, match=r"thesis\.docx"):
        taken(database, tmp_path, "csv", may_replace=True)
    assert (tmp_path / "csv/thesis.docx").is_file()


def test_force_replaces_no_workbook_that_is_none_of_ours(database: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "years of work"
    book.save(mine)
    wish = exports.Wish("xlsx", ("sources",), None, mine, may_replace=True)
    with pytest.raises(Refused, match="is no workbook that an export has written"):
        exports.export(database, wish)
    assert openpyxl.load_workbook(mine).active["A1"].value == "years of work"


def test_an_export_that_fails_leaves_the_earlier_one(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = taken(database, tmp_path, "csv", relations=("sources",))
    before = (folder / "sources.csv").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports.data_package, "package", full)
    with pytest.raises(OSError, match="No space left"):
        taken(database, tmp_path, "csv", relations=("codes",), may_replace=True)
    assert (folder / "sources.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["csv"]


def test_the_same_publication_gives_the_same_files(database: Path, tmp_path: Path) -> None:
    for format_ in ("csv", "xlsx"):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "b").mkdir(exist_ok=True)
        first, second = taken(database, tmp_path / "a", format_), taken(database, tmp_path / "b", format_)
        pairs = zip(files(first), files(second), strict=True)
        assert all(one.read_bytes() == other.read_bytes() for one, other in pairs)


def files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]


@pytest.mark.parametrize("format_", ["csv", "parquet", "xlsx"])
def test_made_up_sources_are_marked(hostile: Path, tmp_path: Path, format_: str) -> None:
    path = taken(hostile, tmp_path, format_, relations=("crime_type_shares",))
    if format_ == "xlsx":
        rows = openpyxl.load_workbook(path)["notes"].iter_rows(values_only=True)
        assert ("Simulated", NOI) in [row[:2] for row in rows]
        return
    package = json.loads((path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["caseload"]["simulated_sources"] == [NOI]
    assert package["sources"][0]["title"].startswith("SIMULATED")


def test_no_relation_holds_rows_about_people(first_run: Path) -> None:
    # What is not in the published file cannot be exported: nothing else can be opened (test_command).
    done = caseload(first_run, "export", "records", "--format", "csv")
    assert done.returncode == 2
    assert "There is no relation 'records'" in done.stderr
