"""Which contracts and settings hold where nobody is there to mend one: those that are valid, and of what is
invalid the version that was last read or published with.

The command line refuses to run with an invalid contract. A service goes on with the other sources, and what
the one source has published stays.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pipelines.common.files import write_json
from pipelines.common.paths import Places
from pipelines.contracts import contract, corrections, settings
from pipelines.contracts.contract import Source
from pipelines.contracts.documents import ContractError, at
from pipelines.contracts.settings import Settings
from pipelines.releases.store import Store

Texts = dict[str, str]
"""Files that people write, by name."""

SETTINGS = "caseload.yaml"
_FILES = (contract.FILE_NAME, corrections.CORRECTIONS, corrections.ACCEPTED)
_T = TypeVar("_T", Source, Settings)


@dataclass(frozen=True)
class InForce:
    """The contracts and the settings that hold, and what is wrong with those that do not."""

    sources: list[Source]
    settings: Settings
    problems: dict[str, ContractError] = field(default_factory=dict)
    """By source, and by ``caseload.yaml``."""

    @property
    def valid(self) -> list[Source]:
        """The sources whose contract holds as it stands in ``raw/``."""
        return [source for source in self.sources if source.name not in self.problems]

    @property
    def sha256(self) -> str:
        """A digest of everything that Dagster's definitions are made from."""
        contracts = [f"{source.name} {source.sha256}" for source in self.sources]
        return hashlib.sha256("\n".join([*contracts, self.settings.model_dump_json()]).encode()).hexdigest()


def in_force(places: Places) -> InForce:
    """What holds now.

    Raises ContractError where that cannot be told: nothing is kept of a source that has figures and whose
    contract is invalid now, or of settings that are; or there is no contract at all any more, as when a file
    server is gone.
    """
    kept, problems = _kept(places), {}
    has_figures = set(Store(places.store).sources())
    sources = []
    for path in sorted(places.raw.glob(f"*/{contract.FILE_NAME}")):
        name = path.parent.name
        try:
            sources.append(contract.load(path.parent))
        except ContractError as error:
            problems[name] = error
            if last := _source(places, name, kept.get(name, {})):
                sources.append(last)
            elif name in has_figures:
                raise
    if has_figures and not sources:
        raise ContractError([at(places.raw, 1, "", "no folder below it has a contract any more")])
    try:
        return InForce(sources, settings.load(places), problems)
    except ContractError as error:
        if (last_settings := _settings(kept.get(SETTINGS, {}))) is None:
            raise
        return InForce(sources, last_settings, problems | {SETTINGS: error})


def keep(places: Places, sources: list[Source]) -> None:
    """Keep the contracts that were published with, and the settings. Whoever calls this holds the lock."""
    before = _kept(places)
    now = {source.name: _used(places, source, before) for source in sources}
    texts = {SETTINGS: text} if (text := _text(places.settings)) is not None else {}
    is_valid = texts == before.get(SETTINGS) or _settings(texts) is not None
    now[SETTINGS] = texts if is_valid else before.get(SETTINGS, {})
    if now != before:
        write_json(places.in_force, now)


def keep_of(places: Places, source: Source) -> None:
    """Keep the contract that a source was read with: it has figures before anything is published.
    Whoever calls this holds the lock.
    """
    before = _kept(places)
    texts = _used(places, source, before)
    if texts != before.get(source.name):
        write_json(places.in_force, before | {source.name: texts})


def _used(places: Places, source: Source, before: dict[str, Texts]) -> Texts:
    """The files that a source was loaded from. They may have been changed, or broken, since they were read:
    then those that were kept before.
    """
    texts = _texts(places.raw / source.name, _FILES)
    kept = before.get(source.name, {})
    if texts == kept or _is_same(_source(places, source.name, texts), source):
        return texts
    return kept


def _source(places: Places, name: str, texts: Texts) -> Source | None:
    """The source that kept files describe; None where they are missing or none that could be used today."""
    found = _loaded(name, texts, contract.load) if texts else None
    return replace(found, folder=places.raw / name) if found else None


def _settings(texts: Texts) -> Settings | None:
    return _loaded("settings", texts, lambda folder: settings.read(folder / SETTINGS))


def _loaded(name: str, texts: Texts, load: Callable[[Path], _T]) -> _T | None:
    """What a folder with these files is loaded as, if they are valid."""
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / name
        folder.mkdir()
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
        try:
            return load(folder)
        except ContractError:
            return None


def _is_same(read: Source | None, used: Source) -> bool:
    def beside(source: Source) -> tuple[object, ...]:
        return source.sha256, source.corrections, source.acceptances

    return read is not None and beside(read) == beside(used)


def _texts(folder: Path, names: Iterable[str]) -> Texts:
    return {name: text for name in names if (text := _text(folder / name)) is not None}


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _kept(places: Places) -> dict[str, Texts]:
    """What was kept; damaged, it is as if nothing had been: the next publication keeps it anew."""
    try:
        found = json.loads(places.in_force.read_text(encoding="utf-8"))
        return {str(name): {str(f): str(t) for f, t in texts.items()} for name, texts in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
