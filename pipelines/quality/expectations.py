"""Contracts and mart sidecars → Great Expectations suites. The one door to Great Expectations.

Its import takes seconds, so this module imports it only when a first batch is validated.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines.common import record_sql
from pipelines.common.imports import put_off

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["passed", "failed", "errored"]
EXAMPLES = 20
ROW, COLUMN, DIMENSION = "source_row", "source_column", "dimension"


@dataclass(frozen=True)
class Rule:
    """One expectation to be checked: type and arguments as Great Expectations names them."""

    type: str
    arguments: dict[str, Any]
    severity: str = "critical"
    reason: str = ""
    """What is wrong with a row that breaks it, as a phrase after the address."""
    called: str = ""
    """Its name, where type and columns do not say what it is about."""

    @property
    def name(self) -> str:
        """The rule and what it looks at, e.g. ``expect_column_values_to_be_between(value)``."""
        if self.called:
            return self.called
        about = [self.arguments.get(k) for k in ("column", "column_list", "column_A", "column_B")]
        flat = [", ".join(a) if isinstance(a, list) else str(a) for a in about if a]
        return f"{self.type}({', '.join(flat)})" if flat else self.type


@dataclass(frozen=True)
class Result:
    """What came of one rule. An expectation that could not be evaluated *errored*: it did not fail."""

    rule: Rule
    verdict: Verdict
    evaluated: int | None = None
    unexpected: int | None = None
    explanation: str = ""
    examples: list[Any] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    """For pandas batches: ``source_row``, ``source_column`` and value of every broken row."""

    @property
    def blocks(self) -> bool:
        """Whether what was checked must not be used: a critical rule that did not pass."""
        return self.rule.severity == "critical" and self.verdict != "passed"

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it; addresses are kept with the rejected rows."""
        return asdict(self) | {"addresses": []}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Result:
        return cls(**(kept | {"rule": Rule(**kept["rule"])}))


class UnusableExpectation(Exception):
    """The arguments of an expectation do not fit its type: the contract or sidecar is wrong."""

    def __init__(self, rule: Rule, reason: str) -> None:
        self.rule = rule
        super().__init__(f"{rule.type}: {reason}")


class Validator:
    """Validates frames and DuckDB relations; results are kept for the Data Docs in ``site``."""

    def __init__(self, store: Path, site: Path) -> None:
        self._store, self._site = store, site
        self._context: Any = None
        self._exports: Any = None
        self._validated: list[Any] = []
        self._docs: subprocess.Popen | None = None

    def frame(self, suite: str, batch: str, frame: pd.DataFrame, rules: Iterable[Rule]) -> list[Result]:
        """Results of the rules on a frame whose index columns are `ROW` and `COLUMN`, if it has them.

        ``suite`` and ``batch`` are the names under which the Data Docs list them.
        Raises UnusableExpectation.
        """
        rules = list(rules)
        if not rules:
            return []
        context = self._started()
        if self._exports is None:
            self._exports = context.data_sources.add_pandas(name="exports")
        known = {asset.name: asset for asset in self._exports.assets}
        asset = known.get(batch) or self._exports.add_dataframe_asset(batch)
        definition = next(iter(asset.batch_definitions), None) or (
            asset.add_batch_definition_whole_dataframe(batch)
        )
        index = [column for column in (ROW, COLUMN, DIMENSION) if column in frame.columns]
        shape: dict[str, Any] = {"result_format": "SUMMARY", "partial_unexpected_count": EXAMPLES}
        if index:
            shape = {"result_format": "COMPLETE", "unexpected_index_column_names": index}
        return [r for r, _ in self._run(suite, definition, rules, shape, {"dataframe": frame})]

    def relations(
        self, prefix: str, database: Path, suites: dict[str, list[Rule]]
    ) -> dict[str, list[Result]]:
        """Results of the rules on relations of a DuckDB file, by relation."""
        found = self.pushed_down(prefix, database, {name: (rules, []) for name, rules in suites.items()})
        return {name: [result for result, _ in results] for name, results in found.items()}

    def pushed_down(
        self, prefix: str, database: Path, suites: dict[str, tuple[list[Rule], list[str]]],
        memory: str | None = None,
    ) -> dict[str, list[tuple[Result, str]]]:  # fmt: skip
        """Results of the rules on relations of a DuckDB file that may be large, by relation, with the
        query for the rows that break a rule: it gives the columns that are named beside the rules.

        Examples are fetched only where a rule is broken. ``memory`` is what DuckDB may use, such as 1GB.
        Raises UnusableExpectation.
        """
        results = {}
        with self._opened(database, memory) as source:
            for relation, (rules, index) in suites.items():
                name, batch = f"{prefix}.{relation}", _whole_table(source, relation)
                found = self._run(name, batch, rules, {"result_format": "BOOLEAN_ONLY"}) if rules else []
                found = _with_counts(found, source, relation)
                broken = [at for at, (result, _) in enumerate(found) if result.verdict == "failed"]
                if broken:
                    shape: dict[str, Any] = {
                        "result_format": "SUMMARY",
                        "partial_unexpected_count": EXAMPLES,
                    }
                    if index:
                        shape["unexpected_index_column_names"] = index
                        shape["return_unexpected_index_query"] = True
                    again = self._run(f"{name}.broken", batch, [rules[at] for at in broken], shape)
                    for at, told in zip(broken, again, strict=True):
                        found[at] = told
                results[relation] = found
        return results

    @contextmanager
    def _opened(self, database: Path, memory: str | None = None) -> Iterator[Any]:
        """Great Expectations' data source of a DuckDB file."""
        import pipelines.quality.gx_duckdb as dialect

        source = self._started().data_sources.add_or_update_sql(
            name="warehouse", connection_string=dialect.url(database)
        )
        engine = source.get_execution_engine()
        # DuckDB opens a file once per process: while this connection lives, others cost nothing.
        held = engine.engine.connect()
        try:
            if memory:
                held.exec_driver_sql(record_sql.memory(memory))
            # What a contract makes it run sees the database and what lies beside it.
            for statement in record_sql.confined([str(database.parent)], []):
                held.exec_driver_sql(statement)
            yield source
        finally:
            held.close()
            engine.close()
            engine.engine.dispose()

    def build_docs(self) -> None:
        """Begin to make Great Expectations' Data Docs of what was validated, which work without a network;
        `finish_docs` waits for them.
        """
        if self._validated:
            from pipelines.quality import data_docs

            data_docs.forget_old(self._store / "validations", self._site / "validations")
            self._started().build_data_docs(resource_identifiers=self._validated)
            self._docs = data_docs.start_making_offline(self._site)
            self._validated = []

    def finish_docs(self) -> None:
        """Wait for the pages that are being made. Raises CalledProcessError."""
        if self._docs and self._docs.wait():
            raise subprocess.CalledProcessError(self._docs.returncode, self._docs.args)
        self._docs = None

    def _run(
        self, name: str, batch: Any, rules: list[Rule], shape: dict[str, Any], parameters: dict | None = None
    ) -> list[tuple[Result, str]]:
        """Results in the order of the rules, with the query for the rows that break one, if asked for."""
        import great_expectations as gx
        from great_expectations.core.run_identifier import RunIdentifier
        from great_expectations.data_context.types.resource_identifiers import ValidationResultIdentifier

        context = self._started()
        expectations = [_expectation(rule, number) for number, rule in enumerate(rules)]
        suite = context.suites.add_or_update(gx.ExpectationSuite(name=name, expectations=expectations))
        definition = context.validation_definitions.add_or_update(
            gx.ValidationDefinition(name=name, data=batch, suite=suite)
        )
        # Run by itself: a checkpoint around it would compare all of it with its stores once more.
        run_id = RunIdentifier(run_time=dt.datetime.now(dt.UTC))
        run = definition.run(batch_parameters=parameters, result_format=shape, run_id=run_id)
        identifier = suite_identifier(name)
        self._validated += [ValidationResultIdentifier(identifier, run_id, run.batch_id), identifier]
        entries = {entry.expectation_config.meta["caseload"]: entry for entry in run.results}
        return [
            (_result(rule, entries[at]), str((entries[at].result or {}).get("unexpected_index_query") or ""))
            for at, rule in enumerate(rules)
        ]

    def is_row_wise(self, rule: Rule) -> bool:
        """Whether a rule looks at each row by itself. Raises UnusableExpectation."""
        self.start()
        return _looks_at_rows(rule) and "unique" not in rule.type

    def start(self) -> None:
        """Import Great Expectations, which takes seconds, before it is needed."""
        self._started()

    def _started(self) -> Any:
        if self._context is None:
            self._context = _context(self._store, self._site)
        return self._context


def _whole_table(source: Any, relation: str) -> Any:
    asset = source.add_table_asset(relation, table_name=relation)
    return asset.add_batch_definition_whole_table(relation)


def _with_counts(found: list[tuple[Result, str]], source: Any, relation: str) -> list[tuple[Result, str]]:
    """The results with how many rows were looked at, which Great Expectations does not say of one that is
    only asked whether it is met.
    """
    import sqlalchemy

    count = sqlalchemy.select(sqlalchemy.func.count()).select_from(sqlalchemy.table(relation))
    with source.get_execution_engine().engine.connect() as connection:
        rows = connection.execute(count).scalar()
    return [
        (replace(result, evaluated=rows, unexpected=0), query)
        if result.verdict == "passed" and _looks_at_rows(result.rule)
        else (result, query)
        for result, query in found
    ]


def _looks_at_rows(rule: Rule) -> bool:
    """Raises UnusableExpectation."""
    from great_expectations.expectations import expectation

    kinds = (
        expectation.ColumnMapExpectation,
        expectation.ColumnPairMapExpectation,
        expectation.MulticolumnMapExpectation,
    )
    return isinstance(_expectation(rule, 0), kinds)


def _remove_damaged(suites: Path) -> None:
    """Remove suites that cannot be read: Great Expectations writes them in place, so that one may be cut
    where a run was killed, and reads each before it writes it anew.
    """
    for path in suites.rglob("*.json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            path.unlink()


def suite_identifier(name: str) -> Any:
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
    )

    return ExpectationSuiteIdentifier(name=name)


def _context(store: Path, site: Path) -> Any:
    """An in-memory Great Expectations whose results and pages are files, and which calls nobody."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    put_off("scipy.stats", "altair")
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig

    from pipelines.quality import data_docs

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    _remove_damaged(store / "expectations")

    def files(folder: str) -> dict[str, str]:
        return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(store / folder)}

    stores = {
        "expectations": {"class_name": "ExpectationsStore", "store_backend": files("expectations")},
        "results": {"class_name": "ValidationResultsStore", "store_backend": files("validations")},
        "checkpoint_store": {"class_name": "CheckpointStore"},
        "validation_definition_store": {"class_name": "ValidationDefinitionStore"},
    }
    config = DataContextConfig(
        config_version=4.0,
        stores=stores,
        expectations_store_name="expectations",
        validation_results_store_name="results",
        checkpoint_store_name="checkpoint_store",
        data_docs_sites={"caseload": data_docs.site_config(site)},
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    # It writes its configuration as YAML, into memory, whenever something is added to it: 13 ms each time.
    context.variables.save = lambda: None
    return context


def _expectation(rule: Rule, number: int) -> Any:
    """The expectation object. Raises UnusableExpectation."""
    from great_expectations.exceptions import GreatExpectationsError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        config = ExpectationConfiguration(
            type=rule.type, kwargs=rule.arguments, meta={"caseload": number}, severity=rule.severity
        )
        return config.to_domain_obj()
    except (GreatExpectationsError, ValueError, TypeError) as error:
        said = str(error).strip().splitlines()
        raise UnusableExpectation(rule, " ".join(said[1:3]) or said[0]) from None


def _result(rule: Rule, entry: Any) -> Result:
    failure = _exception(entry.exception_info)
    if failure:
        return Result(rule, "errored", explanation=f"could not be evaluated: {failure}")
    found = entry.result or {}
    if entry.success:
        return Result(rule, "passed", found.get("element_count"), found.get("unexpected_count"))
    observed = found.get("observed_value")
    explanation = "" if observed is None else f"observed {observed}"
    examples = list(found.get("partial_unexpected_list") or [])[:EXAMPLES]
    if rows := (found.get("details") or {}).get("unexpected_rows"):
        examples = [dict(row) for row in rows[:EXAMPLES]]
    return Result(
        rule, "failed", found.get("element_count"), found.get("unexpected_count"), explanation,
        examples, list(found.get("unexpected_index_list") or []),
    )  # fmt: skip


def _exception(info: Any) -> str | None:
    """The message of an expectation that raised; Great Expectations nests it in two ways."""
    if not info:
        return None
    if info.get("raised_exception"):
        return _one_line(info.get("exception_message"))
    for nested in info.values():
        if isinstance(nested, dict) and nested.get("raised_exception"):
            return _one_line(nested.get("exception_message"))
    return None


def _one_line(message: str | None) -> str:
    return re.sub(r"\s+", " ", message or "no message").strip()
