"""Contracts and settings that hold where nobody is there: the valid ones, else those last published with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.common.paths import Places
from pipelines.contracts.documents import ContractError
from pipelines.releases.in_force import SETTINGS, InForce, in_force, keep, keep_of
from tests.conftest import HEAD

WORDS = "set: {measure: cases}\nperiod: 2024\ncolumns:\n  crime: {dimension: crime_type}\n  count: {value: count}\n"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Two sources with valid contracts, of which ``north`` has figures; nothing kept yet."""
    found = Places(tmp_path / "raw", tmp_path / "warehouse")
    for name in ("north", "south"):
        write(found, name)
    (found.store / "ledgers").mkdir(parents=True)
    (found.store / "ledgers/north.json").write_text("{}")
    return found


def write(places: Places, name: str, change: Callable[[str], str] = str) -> None:
    folder = places.raw / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.yaml").write_text(change(HEAD + WORDS))


def broken(text: str) -> str:
    return text.replace("columns:", "colums:")


def names(found: InForce) -> list[str]:
    return [source.name for source in found.sources]


def test_of_an_invalid_contract_the_one_that_was_published_with_holds(places: Places) -> None:
    before = in_force(places)
    keep(places, before.sources)
    write(places, "north", broken)
    found = in_force(places)
    assert names(found) == ["north", "south"]
    assert [source.sha256 for source in found.sources] == [source.sha256 for source in before.sources]
    assert found.sources[0].folder == places.raw / "north"
    assert [source.name for source in found.valid] == ["south"]
    assert "north/source.yaml`, line 8" in str(found.problems["north"])
    assert found.sha256 == before.sha256


def test_of_a_source_that_was_read_and_never_published_its_contract_holds_too(places: Places) -> None:
    north, south = in_force(places).sources
    keep(places, [south])
    keep_of(places, north)
    for name in ("north", "south"):
        write(places, name, broken)
    assert names(in_force(places)) == ["north", "south"]


def test_corrections_hold_with_the_contract_that_they_are_for(places: Places) -> None:
    correction = (
        "- {period: '2024', measure: cases, codes: {crime_type: theft}, published: 1, corrected: 2,\n"
        "   reason: a slip, evidence: the yearbook, by: me, on: 2025-02-01}\n"
    )
    (places.raw / "north/corrections.yaml").write_text(correction)
    keep(places, in_force(places).sources)
    (places.raw / "north/corrections.yaml").write_text("- {period: '2024'}\n")
    found = in_force(places)
    assert "corrections.yaml" in str(found.problems["north"])
    assert found.sources[0].corrections[0].corrected == 2


def test_a_new_source_with_an_invalid_contract_is_left_out(places: Places) -> None:
    write(places, "south", broken)
    found = in_force(places)
    assert (names(found), list(found.problems)) == (["north"], ["south"])


def test_a_source_with_figures_is_never_left_out(places: Places) -> None:
    write(places, "north", broken)  # nothing was kept of it
    with pytest.raises(ContractError, match="line 8"):
        in_force(places)


def test_all_contracts_gone_is_no_reason_to_publish_nothing(places: Places) -> None:
    shutil.rmtree(places.raw)
    with pytest.raises(ContractError, match="has a contract any more"):
        in_force(places)
    (places.store / "ledgers/north.json").unlink()
    assert names(in_force(places)) == []


def test_what_changed_after_it_was_read_is_not_kept(places: Places) -> None:
    read = in_force(places).sources
    write(places, "north", lambda text: text.replace("A table", "Another table"))
    write(places, "south", broken)
    keep(places, read)
    assert [bool(texts) for texts in json.loads(places.in_force.read_text()).values()] == [
        False,
        False,
        False,
    ]
    keep(places, in_force(places).sources)
    write(places, "north", broken)
    assert in_force(places).sources[0].contract.title == "Another table"


@pytest.mark.parametrize("text", ["", "[]", '{"north": 1}', '{"north": {"source.yaml": "title: 1"}}'])
def test_what_is_kept_may_be_damaged(places: Places, text: str) -> None:
    places.in_force.write_text(text)
    assert names(in_force(places)) == ["north", "south"]
    keep(places, in_force(places).sources)
    write(places, "north", broken)
    assert names(in_force(places)) == ["north", "south"]


def test_settings_that_are_invalid_are_those_of_before(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASELOAD_SETTINGS", raising=False)
    keep(places, in_force(places).sources)
    places.settings.write_text("arrivals: {every_seconds: 5}\n")
    assert in_force(places).settings.arrivals.every_seconds == 5
    keep(places, in_force(places).sources)
    places.settings.write_text("arrivals: {every_second: 6}\n")
    found = in_force(places)
    assert found.settings.arrivals.every_seconds == 5
    assert "every_second" in str(found.problems[SETTINGS])


def test_other_contracts_and_settings_are_other_definitions(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASELOAD_SETTINGS", raising=False)
    seen = [in_force(places).sha256]
    write(places, "east")
    seen.append(in_force(places).sha256)
    write(places, "east", lambda text: text + "calendar: {every: year}\n")
    seen.append(in_force(places).sha256)
    places.settings.write_text("publish: by_hand\n")
    seen.append(in_force(places).sha256)
    shutil.rmtree(places.raw / "east")
    seen.append(in_force(places).sha256)
    assert len(set(seen)) == 5
