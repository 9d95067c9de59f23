"""Questions that analysts ask, as queries to start from: the files of ``docs/queries``."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.common.paths import QUERIES
from pipelines.common.problems import named, printable, suggestion
from pipelines.takeaway.refusals import Refused


@dataclass(frozen=True)
class Question:
    """A question, and the query that answers it."""

    name: str
    question: str
    sql: str


def questions() -> dict[str, Question]:
    """All questions by name."""
    found = {}
    for path in sorted(QUERIES.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        found[path.stem] = Question(path.stem, _asked(sql), sql)
    return found


def called(name: str) -> Question:
    """The question of that name, in capitals or not, or of the name of its file. Raises Refused."""
    known = questions()
    found = named(name.removesuffix(".sql"), known)
    if found is None:
        raise Refused(
            f"There is no example '{printable(name)}'{suggestion(name, known)}. "
            "`caseload query --examples` lists them."
        )
    return known[found]


def about(relation: str) -> Question | None:
    """The question whose answer is read from a relation and from little else."""
    from pipelines.warehouse.relations import tables_read

    reading = [each for each in questions().values() if relation in tables_read(each.sql)]
    return min(reading, key=lambda each: len(tables_read(each.sql)), default=None)


def _asked(sql: str) -> str:
    """The comment that a query begins with, as one line."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)
