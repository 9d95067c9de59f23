"""Whether a contract makes sense: what the schema of `pipelines.contracts.words` cannot say."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines import periods
from pipelines.common.problems import printable, suggestion
from pipelines.contracts import file_patterns
from pipelines.contracts.codes import MEASURE, PATH, code_list_path
from pipelines.contracts.contract_conflicts import contradictions
from pipelines.contracts.corrections import Correction
from pipelines.contracts.file_patterns import group_names, regular_expression
from pipelines.contracts.layouts import (
    EVERY_OTHER,
    RELEASED_ON,
    Table,
    header_names,
    is_pattern,
    names_in,
    outside_names,
)
from pipelines.contracts.record_contract import misplaced, record_findings
from pipelines.contracts.slow_patterns import is_slow
from pipelines.contracts.word_types import ANY_LABEL, AS_PRINTED, Codes
from pipelines.contracts.words import EACH, Contract, Layout
from pipelines.observation import TOTAL
from pipelines.periods import PERIOD_PARTS

Finding = tuple[tuple[Any, ...], str]


def findings(contract: Contract, layout: Layout, table: Table) -> Iterator[Finding]:
    """Place and reason of everything that is wrong with one table of a contract."""
    known = (MEASURE, *contract.dimensions)
    yield from _files(layout, known)
    yield from _outside(layout, table, known)
    for encoding in layout.encodings:
        if not _is_encoding(encoding):
            yield ("encoding",), f"'{encoding}' is not an encoding that Python knows"
    yield from _patterns(layout)
    yield from _dimension_names(contract, layout, table, known)
    yield from _levels(layout, table)
    yield from _agreements(contract, table)
    yield from _codes(layout, table, known)
    yield from _field_codes(layout, table, known)
    yield from misplaced(contract, layout)
    if contract.kind == "records":
        yield from record_findings(layout, table, known)
    elif not layout.columns:
        yield ("columns",), "is required: say what each column means"
    elif not any(column.has_numbers for column in layout.columns.values()):
        yield ("columns",), "no column has numbers: give one `value: count`"
    else:
        yield from _measures(layout, table)
        yield from _period(layout)
    yield from _shares(layout, table)
    yield from contradictions(contract, layout, table)
    for at, expectation in enumerate(layout.expect):
        if expectation.type not in expectation_types():
            near = suggestion(expectation.type, expectation_types())
            yield ("expect", at, "type"), f"'{expectation.type}' is no expectation{near}"


@cache
def expectation_types() -> frozenset[str]:
    """The expectations that Great Expectations ships, found without the seconds of its import."""
    spec = find_spec("great_expectations")
    folders = spec.submodule_search_locations if spec else None
    core = Path((folders or ["."])[0]) / "expectations" / "core"
    return frozenset(path.stem for path in core.glob("expect_*.py"))


def _files(layout: Layout, known: tuple[str, ...]) -> Iterator[Finding]:
    if not layout.files:
        yield ("files",), "is required: say which files have this layout, e.g. '*.csv'"
        return
    try:
        pattern = file_patterns.compiled(layout.files).pattern
    except ValueError as error:
        yield ("files",), str(error)
        return
    if layout.files.startswith("/") or ".." in layout.files.split("/"):
        yield ("files",), "is a pattern below the source's folder: no `..`, and no `/` at its beginning"
        return
    if is_slow(pattern):
        yield ("files",), file_patterns.SLOW
    if RELEASED_ON not in outside_names(layout) and layout.released_on is None:
        yield (
            ("files",),
            "no release date: name a group `(?P<released_on>…)` here, in `sheet:` or in `cells:`, or give "
            "`released_on:` a date or `period_end`",
        )


def _outside(layout: Layout, table: Table, known: tuple[str, ...]) -> Iterator[Finding]:
    """Groups of file names, sheets and cells that say nothing that is known."""
    places: list[tuple[tuple[Any, ...], list[str]]] = [(("files",), group_names(layout.files))]
    if is_pattern(str(layout.sheet)):
        pattern = str(layout.sheet)[1:-1]
        yield from _regex(("sheet",), pattern)
        places.append((("sheet",), names_in(pattern)))
    for at, cell in enumerate(layout.cells):
        place = ("cells", at, "pattern")
        yield from _regex(place, cell.pattern)
        names = names_in(cell.pattern)
        places.append((place, names))
        if not names:
            yield place, "says nothing: name a group, such as `(?P<released_on>…)`"
    for place, groups in places:
        for group in groups:
            if group not in (RELEASED_ON, *PERIOD_PARTS) and table.split(group)[0] not in known:
                near = suggestion(group, (RELEASED_ON, *PERIOD_PARTS, *known))
                reason = f"the group '{group}' is neither released_on, a period part nor a dimension{near}"
                yield place, reason


def _patterns(layout: Layout) -> Iterator[Finding]:
    for at, ignored in enumerate(layout.ignore_rows):
        yield from _regex(("ignore_rows", at, "pattern"), ignored.pattern)
    for key, column in layout.columns.items():
        if is_pattern(key):
            yield from _regex(("columns", key), key[1:-1])
        if column.constraints.pattern is not None:
            yield from _regex(("columns", key, "constraints", "pattern"), column.constraints.pattern)
        if key == EVERY_OTHER and (column.aliases or column.optional):
            yield ("columns", key), "`*` is for columns without a name: no aliases, not optional"


def _regex(at: tuple[Any, ...], pattern: str) -> Iterator[Finding]:
    try:
        regular_expression(pattern)
    except ValueError as error:
        yield at, f"'{printable(pattern)}' is not a regular expression: {error}"
        return
    if is_slow(pattern):
        yield at, file_patterns.SLOW


def _agreements(contract: Contract, table: Table) -> Iterator[Finding]:
    """Measures and dimensions of agreements that do not exist, of which nothing would be tested. What another
    source does not have is told in `reconciliations`: it may come later.
    """
    for at, agreement in enumerate(contract.agrees_with):
        place = ("agrees_with", at)
        named = [("measure", measure) for measure in agreement.measures]
        if agreement.their_measure and not agreement.source:
            named.append(("their_measure", agreement.their_measure))
        for word, measure in named:
            yield from _code_exists((*place, word), MEASURE, measure, table)
        for name, code in agreement.mine.items():
            if name not in table.code_lists or name == MEASURE:
                near = suggestion(name, table.code_lists)
                yield (*place, "mine", name), f"'{name}' is not a dimension{near}"
            elif PATH not in code:
                yield from _code_exists((*place, "mine", name), name, code, table)


def _levels(layout: Layout, table: Table) -> Iterator[Finding]:
    """Levels of what has none."""
    if "age_band" in layout.parents:
        yield ("parents", "age_band"), "age bands lie within one another by their bounds"
    for key, column in layout.columns.items():
        names = [table.split(name) for name in header_names(key, column)] if column.has_numbers else []
        if column.dimension and column.level:
            names.append((column.dimension, column.level))
        for name, level in names:
            if level > 1 and name in (MEASURE, "age_band"):
                why = (
                    "age bands lie within one another by their bounds"
                    if name == "age_band"
                    else "it is one word"
                )
                yield ("columns", key), f"{name} has no levels: {why}"


def _dimension_names(
    contract: Contract, layout: Layout, table: Table, known: tuple[str, ...]
) -> Iterator[Finding]:
    used: list[tuple[tuple[Any, ...], str]] = [(("set", name), name) for name in layout.set]
    used += [(("codes", name), name) for name in layout.codes]
    used += [(("code_lists", name), name) for name in contract.code_lists]
    used += [(("labels", name), name) for name in contract.labels]
    used += [(("parents", name), name) for name in layout.parents]
    if isinstance(layout.totals, dict):
        used += [(("totals", name), name) for name in layout.totals]
    for key, column in layout.columns.items():
        used += [(("columns", key, "set", name), name) for name in column.set]
        if column.dimension:
            used.append((("columns", key, "dimension"), column.dimension))
        if column.along:
            used.append((("columns", key, "along"), column.along))
        if column.label_of:
            used.append((("columns", key, "label_of"), column.label_of))
            if column.label_of not in table.row_dimensions and column.label_of in known:
                yield ("columns", key, "label_of"), f"no column gives {column.label_of} in the rows"
        if is_pattern(key):
            names = [table.split(name)[0] for name in header_names(key, column)]
            used += [(("columns", key), name) for name in names if name not in PERIOD_PARTS]
    for at, name in used:
        if name not in known:
            near = suggestion(name, known)
            yield at, f"'{name}' is not a dimension{near}; others go under `other_dimensions:`"


def _codes(layout: Layout, table: Table, known: tuple[str, ...]) -> Iterator[Finding]:
    for name, code in layout.set.items():
        yield from _code_exists(("set", name), name, code, table)
    for name, codes in layout.codes.items():
        if name in known:
            yield from _mapping_exists(("codes", name), name, codes, table)
    for key, column in layout.columns.items():
        at = ("columns", key)
        for word in ("measure", "share_of", "change_of"):
            measure = getattr(column, word)
            if measure and measure != EACH:
                yield from _code_exists((*at, word), MEASURE, measure, table)
        for name, code in column.set.items():
            yield from _code_exists((*at, "set", name), name, code, table)
        if column.codes and column.dimension:
            yield from _mapping_exists((*at, "codes"), column.dimension, column.codes, table)


def _field_codes(layout: Layout, table: Table, known: tuple[str, ...]) -> Iterator[Finding]:
    for key, field in layout.fields.items():
        if field.codes and field.dimension in known:
            yield from _mapping_exists(("fields", key, "codes"), field.dimension, field.codes, table)


def _mapping_exists(at: tuple[Any, ...], name: str, codes: Codes, table: Table) -> Iterator[Finding]:
    if isinstance(codes, dict):
        keeps_others = codes.get(ANY_LABEL) == AS_PRINTED and name not in ("age_band", "sex")
        for label, code in codes.items():
            # Where other labels are kept as they are a code may be one of them.
            if not keeps_others and (label, code) != (ANY_LABEL, AS_PRINTED):
                yield from _code_exists((*at, label), name, code, table)
    if name == MEASURE and (codes == AS_PRINTED or ANY_LABEL in codes):
        yield at, "a measure needs a code with a unit and a definition: it cannot be `as_printed`"


def _code_exists(at: tuple[Any, ...], name: str, code: str, table: Table) -> Iterator[Finding]:
    known = table.code_lists.get(name)
    if known is None or layout_takes_any(table, name) or known.has(code):
        return
    if not known.codes and not code_list_path(name).is_file():
        return
    near = suggestion(code, known.codes)
    yield (
        at,
        (
            f"'{code}' is not a code of {name}{near}; add it to `sql/codes/{name}.csv` or to "
            f"`code_lists: {name}:` here"
        ),
    )


def layout_takes_any(table: Table, name: str) -> bool:
    """Whether the table keeps this dimension's labels as they are printed."""
    return table.layout.codes.get(name) == "as_printed"


def _measures(layout: Layout, table: Table) -> Iterator[Finding]:
    given = {*layout.set, *outside_names(layout), *table.row_dimensions}
    for key, column in layout.columns.items():
        own = column.measure or column.share_of or column.change_of
        if not column.has_numbers:
            continue
        if MEASURE in table.row_dimensions and own not in (None, EACH):
            yield ("columns", key), f"the rows say which measure: use `{EACH}` instead of '{own}'"
        if MEASURE in {*given, *column.set, *header_names(key, column)}:
            continue
        if own is None or own == EACH:
            yield ("columns", key), "its numbers have no measure: name one, e.g. `measure: cases`"


def _period(layout: Layout) -> Iterator[Finding]:
    if layout.period is not None:
        try:
            periods.parse(layout.period, "interval")
        except ValueError as error:
            yield ("period",), str(error)
        return
    names = set(outside_names(layout))
    for key, column in layout.columns.items():
        names |= {column.period} if column.period else set()
        if column.has_numbers:
            names |= set(header_names(key, column))
    parts = names & set(PERIOD_PARTS)
    if not parts & {"year", "half", "quarter", "month", "day", "interval"} and not {"start", "end"} <= parts:
        yield (
            ("columns",),
            "no period: give a column `period: year`, the file pattern a group such as "
            "`(?P<year>…)`, or the table a `period:`",
        )


def _shares(layout: Layout, table: Table) -> Iterator[Finding]:
    along = set()
    for key, column in layout.columns.items():
        if column.share_of and not column.is_ratio:
            dimension = table.along(column)
            along.add(dimension)
            if dimension is None:
                choices = ", ".join(table.varying) or "none varies"
                yield ("columns", key), f"shares along which dimension? Say `along:` ({choices})"
    if len(along) > 1:
        yield ("columns",), f"shares along {len(along)} dimensions in one table: make it two tables"


def doubtful(corrections: list[Correction], table: Table) -> Iterator[Finding]:
    """What is wrong with corrections of figures of a source, of which ``table`` is one."""
    for at, correction in enumerate(corrections):
        for name in correction.codes:
            if name not in table.code_lists or name == MEASURE:
                yield (at, "codes", name), f"'{name}' is not a dimension{suggestion(name, table.code_lists)}"
        if not table.code_lists[MEASURE].has(correction.measure):
            yield (at, "measure"), f"'{correction.measure}' is not a code of measure"
        if correction.published == correction.corrected:
            yield (at, "corrected"), "is what is published"
        if any(_same(correction, before) for before in corrections[:at]):
            yield (at, "published"), "is corrected twice"


def _same(one: Correction, other: Correction) -> bool:
    """Whether two corrections are of the same published figure, however its period is written."""

    def figure(entry: Correction) -> tuple[object, ...]:
        period = periods.parse(entry.period, "interval").period()
        codes = {name: code for name, code in entry.codes.items() if code != TOTAL}
        return period, entry.measure, codes, entry.published

    return figure(one) == figure(other)


_NOT_OF_FILES = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
"""Encodings of Python in which nobody writes a file, and in which one text has many spellings."""


def _is_encoding(name: str) -> bool:
    try:
        known = codecs.lookup(name)
        return known._is_text_encoding and known.name not in _NOT_OF_FILES  # rot13 is no text encoding
    except LookupError:
        return False
