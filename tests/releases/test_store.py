"""What is kept between runs is complete or not there, and can always be deleted."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import pandas as pd
import pytest

from pipelines import observation
from pipelines.releases.store import (
    ACCEPTED,
    QUARANTINED,
    REJECTED_ROWS,
    Entry,
    Receipt,
    Store,
    replacing,
    write_json,
)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def receipt(reading: str, **said: object) -> Receipt:
    return Receipt(
        **{
            "reading": reading,
            "source": "series",
            "source_file": "series/사이버 2024.csv",
            "export_id": "abc",
            "sha256": "abc" * 20,
            "bytes": 12,
            "table_name": "table",
            "released_on": "2025-01-31",
            "status": ACCEPTED,
            "contract_sha256": "def",
        }
        | said
    )


OBSERVATION = {
    "source": "series",
    "export_id": "abc",
    "released_on": dt.date(2025, 1, 31),
    "period_start": dt.date(2024, 11, 1),
    "period_end": dt.date(2025, 10, 31),
    "measure": "cases",
    "crime_type": "deepfake",
    "age_band": "total",
    "sex": "total",
    "region": "total",
    "value": 1553,
    "value_status": "observed",
    "published_share_pct": "35.20",
    "published_change_pct": None,
    "is_provisional": False,
    "source_file": "series/사이버 2024.csv",
    "source_row": 2,
    "source_column": "발생\n건수",
    "other_dimensions": '{"place": "역"}',
}
REJECTED = {
    "source": "series",
    "export_id": "abc",
    "source_file": "series/사이버 2024.csv",
    "source_row": 3,
    "source_column": "n",
    "value": "-",
    "rule": "number",
    "reason": "'-' is not a number",
    "next_step": None,
    "raw_row": '["10대", "-"]',
}


def observations(*changed: dict) -> pd.DataFrame:
    rows = [OBSERVATION | change for change in changed]
    frame = pd.DataFrame(rows, columns=list(observation.COLUMNS), dtype=object)
    return frame.assign(value=frame["value"].astype("Int64"))


def rejected(*changed: dict) -> pd.DataFrame:
    rows = [REJECTED | change for change in changed]
    return pd.DataFrame(rows, columns=list(REJECTED), dtype=object)


def kept(path) -> list[dict]:
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(path))
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


# Readings


def test_a_reading_is_given_back_as_it_was_kept(store):
    said = receipt(
        "r1",
        status=QUARANTINED,
        encoding="cp949",
        rows_received=2,
        rows_accepted=1,
        rows_rejected=1,
        period_start="2024-11-01",
        problems=["`series/사이버 2024.csv`, row 3: '-' is not a number"],
        checks=[{"rule": {"type": "x", "arguments": {"min_value": 0.5}}, "examples": [1, None, "가"]}],
        breakdowns=[{"dimension": "crime_type", "totals": "none", "has_published_shares": True}],
        codes=[
            {"dimension": "crime_type", "code": "a > b", "label": "비", "whole": "a", "rolls_up_to": ["a"]}
        ],
        ratios=[{"measure": "cases_cleared", "of_measure": "cases"}],
        scope='{"region": "서울"}',
        says_all=True,
        is_cumulative=True,
        is_dated_early=True,
    )
    store.write(said, observations({}), rejected({}))

    assert store.has("r1")
    assert store.receipt("r1") == said
    assert not said.is_accepted
    assert kept(store.observations("r1")) == [OBSERVATION]
    assert kept(store.rejected_rows("r1")) == [REJECTED | {"reading_id": "r1", "is_record_level": False}]


def test_columns_have_their_types_even_without_rows(store):
    store.write(receipt("r1"), observations(), rejected())
    with duckdb.connect() as connection:
        for path, columns in (
            (store.observations("r1"), observation.COLUMNS),
            (store.rejected_rows("r1"), REJECTED_ROWS),
        ):
            relation = connection.read_parquet(str(path))
            assert dict(zip(relation.columns, map(str, relation.types), strict=True)) == columns
            assert relation.fetchall() == []


@pytest.mark.parametrize("many", [1, 3000])
def test_digits_and_nulls_survive_however_late_the_first_text_comes(store, many):
    # DuckDB guesses the type of a column of objects from its first rows.
    nothing = {
        "value": None,
        "value_status": "missing",
        "published_share_pct": None,
        "other_dimensions": None,
        "released_on": None,
    }
    store.write(
        receipt("r1"),
        observations(*[nothing] * many, {"published_share_pct": "35.0", "value": 2**53 + 1}),
        rejected(*[{"source_row": None, "value": None}] * many, {"value": "035"}),
    )
    *nulls, last = kept(store.observations("r1"))
    assert (last["published_share_pct"], last["value"]) == ("35.0", 2**53 + 1)
    assert last["other_dimensions"] == OBSERVATION["other_dimensions"]
    assert len(nulls) == many
    assert {(row["value"], row["published_share_pct"], row["released_on"]) for row in nulls} == {
        (None, None, None)
    }
    *nulls, last = kept(store.rejected_rows("r1"))
    assert (last["value"], last["source_row"]) == ("035", 3)
    assert {(row["value"], row["source_row"]) for row in nulls} == {(None, None)}


def test_a_reading_can_be_written_again(store):
    store.write(receipt("r1", observations=1), observations({}), rejected())
    store.write(receipt("r1", observations=2), observations({}, {"source_row": 3}), rejected({}))
    assert store.receipt("r1").observations == 2
    assert len(kept(store.observations("r1"))) == 2
    assert len(kept(store.rejected_rows("r1"))) == 1


def test_a_reading_that_cannot_be_written_leaves_the_one_before_and_no_trace(store):
    store.write(receipt("r1", observations=1), observations({}), rejected())
    with pytest.raises(duckdb.Error):
        store.write(receipt("r1", observations=2), observations({"released_on": "soon"}), rejected())
    assert store.receipt("r1").observations == 1
    assert [path.name for path in (store.folder / "readings").iterdir()] == ["r1"]

    with pytest.raises(duckdb.Error):
        store.write(receipt("r2"), observations({"value_status": "observed", "source_row": "x"}), rejected())
    assert not store.has("r2")
    assert [path.name for path in (store.folder / "readings").iterdir()] == ["r1"]


def test_a_reading_without_a_receipt_is_none_and_gives_way(store):
    # A crash in the middle of deleting one.
    store.reading("r1").mkdir(parents=True)
    store.observations("r1").write_bytes(b"half a file")
    assert not store.has("r1")
    store.write(receipt("r1"), observations({}), rejected())
    assert store.receipt("r1") == receipt("r1")
    assert kept(store.observations("r1")) == [OBSERVATION]


def test_what_a_crash_leaves_behind_is_no_reading_and_is_removed(store):
    store.write(receipt("r1"), observations({}), rejected())
    store.write_ledger("series", {"a.csv": Entry("r1", "r1", "r1")})
    half_reading = store.folder / "readings" / ".x1y2z3"
    half_reading.mkdir()
    (half_reading / "observations.parquet").write_bytes(b"PAR1")
    half_ledger = store.folder / "ledgers" / ".series.json.x1y2z3"
    half_ledger.write_text('{"a.csv": {"asked"', encoding="utf-8")

    assert store.sources() == ["series"]
    assert store.ledger("series") == {"a.csv": Entry("r1", "r1", "r1")}
    store.remove_unused()
    assert [path.name for path in (store.folder / "readings").iterdir()] == ["r1"]
    store.write_ledger("series", {"a.csv": Entry("r2", "r2", None)})
    assert store.ledger("series") == {"a.csv": Entry("r2", "r2", None)}


def test_a_reading_can_be_kept_once_more_under_another_receipt(store):
    nothing = {"source_row": None, "value": None}
    store.write(receipt("r1"), observations({}), rejected({}, nothing))
    told = receipt("r2", checks=[{"rule": {"type": "x"}}])
    assert store.again(told, "r1") == told
    assert (store.receipt("r1"), store.receipt("r2")) == (receipt("r1"), told)
    assert kept(store.observations("r2")) == [OBSERVATION]
    in_r2 = REJECTED | {"reading_id": "r2", "is_record_level": False}
    assert kept(store.rejected_rows("r2")) == [in_r2, in_r2 | nothing]


def test_a_reading_without_rejected_rows_can_be_kept_once_more(store):
    store.write(receipt("r1"), observations({}), rejected())
    store.again(receipt("r2"), "r1")
    assert kept(store.rejected_rows("r2")) == []
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(store.rejected_rows("r2")))
        assert dict(zip(relation.columns, map(str, relation.types), strict=True)) == REJECTED_ROWS


def test_a_reading_that_is_not_there_cannot_be_kept_once_more(store):
    store.nothing()
    with pytest.raises(FileNotFoundError):
        store.again(receipt("r2"), "r1")
    assert [path.name for path in (store.folder / "readings").iterdir()] == ["nothing"]


def test_nothing_is_a_reading_without_rows(store):
    name = store.nothing()
    assert (kept(store.observations(name)), kept(store.rejected_rows(name))) == ([], [])
    assert store.nothing() == name


def test_nothing_is_mended_when_a_crash_cut_it_short_or_took_it_away(store):
    store.observations(store.nothing()).write_bytes(b"")
    store.rejected_rows("nothing").unlink()
    store = Store(store.folder)
    name = store.nothing()
    assert (kept(store.observations(name)), kept(store.rejected_rows(name))) == ([], [])
    assert len(list(store.reading(name).iterdir())) == 2


# Ledgers


def test_a_ledger_is_given_back_as_it_was_kept(store):
    entries = {"b/사이버.csv": Entry("r1", "r1", "r1"), "a.csv": Entry("r2", "r3", None)}
    store.write_ledger("series", entries)
    assert store.ledger("series") == entries
    assert list(store.ledger("series")) == ["a.csv", "b/사이버.csv"]


def test_a_source_without_a_ledger_has_no_entries(store):
    assert store.ledger("series") == {}
    assert store.sources() == []
    store.forget("series")


@pytest.mark.parametrize("source", ["series", "kr.npa", "사이버", "a b", ".hidden"])
def test_sources_are_those_with_a_ledger_until_they_are_forgotten(store, source):
    store.write_ledger("another", {})
    store.write_ledger(source, {"a.csv": Entry("r1", "r1", None)})
    assert store.sources() == sorted(["another", source])
    store.forget(source)
    assert store.sources() == ["another"]
    assert store.ledger(source) == {}


def test_readings_that_no_ledger_names_are_removed(store):
    # What was asked for is kept too: once nothing speaks against it, it need not be read again.
    for name in ("latest", "good", "asked", "other source", "old"):
        store.write(receipt(name), observations({}), rejected())
    store.nothing()
    store.write_ledger("series", {"a.csv": Entry("asked", "latest", "good"), "b.csv": Entry("x", "y", None)})
    store.write_ledger("another", {"c.csv": Entry("other source", "other source", "other source")})

    store.remove_unused()
    left = {path.name for path in (store.folder / "readings").iterdir()}
    assert left == {"asked", "latest", "good", "other source", "nothing"}


def test_an_empty_store_has_nothing_to_remove(store):
    store.remove_unused()
    assert not store.folder.exists()


# Files that are replaced


def test_a_replaced_file_is_whole_or_the_old_one(tmp_path):
    path = tmp_path / "folder" / "a.json"
    with replacing(path) as temporary:
        temporary.write_text("old", encoding="utf-8")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "old"

    with pytest.raises(KeyboardInterrupt):
        _interrupted_in_the_middle(path)
    assert path.read_text(encoding="utf-8") == "old"

    with replacing(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new"
    assert [left.name for left in path.parent.iterdir()] == ["a.json"]


def _interrupted_in_the_middle(path) -> None:
    with replacing(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt


def test_json_that_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"가": 1})
    with pytest.raises(TypeError):
        write_json(path, {("a", "tuple"): 1})
    assert json.loads(path.read_text(encoding="utf-8")) == {"가": 1}
    assert [left.name for left in tmp_path.iterdir()] == ["a.json"]
