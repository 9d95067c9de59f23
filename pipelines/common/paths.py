"""Where things are: the SQL that ships with the package, raw exports, and the warehouse."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
# In a checkout `sql/` stands beside the package; a built wheel carries it inside.
SQL = next(path for path in (_PACKAGE.parent / "sql", _PACKAGE / "sql") if path.is_dir())

QUERIES = next(path for path in (_PACKAGE.parent / "docs/queries", _PACKAGE / "queries") if path.is_dir())
"""Questions that analysts ask, as queries to start from."""


def statement(folder: str, name: str) -> str:
    """The text of a query of a folder of ``sql/``."""
    return (SQL / folder / f"{name}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Places:
    """The two folders that a run works on, and what lies where in the second."""

    raw: Path
    warehouse: Path

    @classmethod
    def from_environment(cls) -> Places:
        """``CASELOAD_RAW`` and ``CASELOAD_WAREHOUSE``, else ``raw`` and ``warehouse`` right here."""
        return cls(
            raw=Path(os.environ.get("CASELOAD_RAW", "raw")).resolve(),
            warehouse=Path(os.environ.get("CASELOAD_WAREHOUSE", "warehouse")).resolve(),
        )

    @property
    def settings(self) -> Path:
        """How the installation is operated: beside ``raw/``, unless ``CASELOAD_SETTINGS`` says."""
        return Path(os.environ.get("CASELOAD_SETTINGS") or self.raw.parent / "caseload.yaml")

    @property
    def published(self) -> Path:
        """The file that analysts open."""
        return self.warehouse / "caseload.duckdb"

    @property
    def build(self) -> Path:
        """Where a new warehouse is built before it is published."""
        return self.warehouse / ".build"

    @property
    def previous(self) -> Path:
        """Earlier publications, kept for rollback."""
        return self.warehouse / ".previous"

    @property
    def store(self) -> Path:
        """What has been read from each export, under content-addressed names."""
        return self.warehouse / ".store"

    @property
    def publication(self) -> Path:
        """Which publication the published file is, so that nobody has to open it to know."""
        return self.store / "publication.json"

    @property
    def rolled_back(self) -> Path:
        """Why an older publication is published, if one is."""
        return self.store / "rolled_back.json"

    @property
    def in_force(self) -> Path:
        """The contracts and settings that were last published with, for a service to go on with."""
        return self.store / "in_force.json"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' own pages."""
        return self.warehouse / "data_docs"

    @property
    def report(self) -> Path:
        """The page for readers, of what is published."""
        return self.warehouse / "report" / "index.html"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history, unless ``DAGSTER_HOME`` says otherwise."""
        return Path(os.environ.get("DAGSTER_HOME") or self.warehouse / ".dagster")

    @property
    def lock(self) -> Path:
        """Held by whoever writes."""
        return self.warehouse / ".lock"
