"""What a step needs to work: the places, the sources, and whom to tell how it goes."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pipelines.common import lock
from pipelines.common.paths import Places
from pipelines.contracts.contract import Source, load_all
from pipelines.contracts.settings import Settings, load
from pipelines.quality.expectations import Validator
from pipelines.releases.in_force import InForce, in_force
from pipelines.releases.record_readings import Reader
from pipelines.releases.store import Receipt, Store


class Reporter:
    """Hears how a run goes; the command line prints it, Dagster has its own pages."""

    force = False

    def ingesting(self, source: Source, count: int) -> None: ...
    def read(self, receipt: Receipt) -> None: ...
    def ingested(self, receipt: Receipt) -> None: ...
    def building(self) -> None: ...
    def auditing(self) -> None: ...
    def published(self, publication_id: str) -> None: ...


@dataclass
class Context:
    """One per process; everything in it is made when it is first needed."""

    places: Places
    reporter: Reporter = field(default_factory=Reporter)
    readers: dict[str, Reader] = field(default_factory=dict)
    """By source: what reads its record-level exports already, while others are still being imported."""
    is_unattended: bool = False
    """Whether nobody is there: a step that fails on what can pass is tried again, and in place of an invalid
    contract the last valid one holds.
    """

    @cached_property
    def in_force(self) -> InForce:
        """What holds where nobody is there. Raises ContractError."""
        return in_force(self.places)

    @cached_property
    def sources(self) -> list[Source]:
        """Every source, by name. Raises ContractError."""
        return self.in_force.sources if self.is_unattended else load_all(self.places.raw)

    @cached_property
    def settings(self) -> Settings:
        """How the installation is operated. Raises ContractError."""
        return self.in_force.settings if self.is_unattended else load(self.places)

    @cached_property
    def store(self) -> Store:
        return Store(self.places.store)

    @cached_property
    def validator(self) -> Validator:
        return Validator(self.places.store / "great_expectations", self.places.data_docs)

    def locked(self, tell: lock.Tell) -> AbstractContextManager[None]:
        """Held while anything below the warehouse folder is written; ``tell`` hears whom it waits for."""
        return lock.held(self.places.lock, tell)


def prepare_dagster_home(places: Places) -> Path:
    """The folder of Dagster's run history, with our configuration in it unless it has another; ours is known
    by its first line.
    """
    home = places.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    ours, there = Path(__file__).with_name("dagster.yaml"), home / "dagster.yaml"
    if not there.exists() or _first_line(there) == _first_line(ours):
        shutil.copyfile(ours, there)
    return home


def _first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0]
