"""Dagster asset checks: what Great Expectations and ``sql/checks`` found, as Dagster shows it.

critical becomes ERROR and blocks publication; warning and info become WARN.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import dagster as dg

from pipelines.quality.expectations import Result, Rule
from pipelines.releases.store import Receipt
from pipelines.warehouse.relations import check_description, checks, relations, tables_read

ACCEPTED = "every_export_is_accepted"
EXPECTATIONS = "expectations_that_do_not_block"
LISTED = 50


def source_specs(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """Checks of a source's observations. They do not block: a bad export is already kept out, and
    must not keep the others from being published.
    """
    return [
        dg.AssetCheckSpec(ACCEPTED, asset=key, description="No export of the edition is quarantined."),
        dg.AssetCheckSpec(
            EXPECTATIONS, asset=key, description="Expectations of severity warning or info are met."
        ),
    ]


def source_results(receipts: list[Receipt]) -> list[dg.AssetCheckResult]:
    problems = [problem for receipt in receipts if not receipt.is_accepted for problem in receipt.problems]
    results = [Result.from_dict(check) for receipt in receipts for check in receipt.checks]
    notes = [r for r in results if r.rule.severity != "critical" and r.verdict != "passed"]
    return [
        dg.AssetCheckResult(
            passed=not problems,
            check_name=ACCEPTED,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"problems": _listed(problems)} if problems else {},
        ),
        dg.AssetCheckResult(
            passed=not notes,
            check_name=EXPECTATIONS,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"found": _listed(f"{r.rule.name} {r.verdict}: {r.explanation}" for r in notes)}
            if notes
            else {},
        ),
    ]


def told(evaluation: dg.AssetCheckEvaluation) -> list[str]:
    """The problems that an evaluation of `ACCEPTED` tells."""
    problems = evaluation.metadata.get("problems")
    lines = str(problems.value).splitlines() if problems else []
    return [line.removeprefix("- ").removeprefix("`` ").removesuffix(" ``") for line in lines]


def relation_specs() -> list[dg.AssetCheckSpec]:
    """A check for every expectation of a sidecar and every query of ``sql/checks``."""
    specs = [
        dg.AssetCheckSpec(
            _check_name(rule), asset=relation.name, blocking=rule.severity == "critical",
            description=f"{rule.name} ({rule.severity})",
        )
        for relation in relations().values()
        for rule in _checked_rules(relation.name)
    ]  # fmt: skip
    return specs + [
        dg.AssetCheckSpec(name, asset=home(name), blocking=True, description=check_description(query))
        for name, query in checks().items()
    ]


def relation_results(relation: str, results: dict[str, list[Result]]) -> list[dg.AssetCheckResult]:
    """Results of the checks that `relation_specs` lists for a relation."""
    found = [_result(_check_name(result.rule), relation, result) for result in results.get(relation, [])]
    return found + [_result(name, relation, results[name][0]) for name in checks() if home(name) == relation]


def home(name: str) -> str:
    """The relation that a query of ``sql/checks`` is shown at: the last built of those it reads."""
    read = tables_read(checks()[name])
    return next(relation for relation in reversed(relations()) if relation in read)


def _checked_rules(relation: str) -> tuple[Rule, ...]:
    from pipelines.warehouse.publishing import CHECK_RESULTS

    return () if relation == CHECK_RESULTS else relations()[relation].rules


def _result(name: str, relation: str, result: Result) -> dg.AssetCheckResult:
    blocks = result.rule.severity == "critical"
    metadata: dict = {"verdict": result.verdict}
    if result.explanation:
        metadata["explanation"] = result.explanation
    if result.unexpected:
        metadata["unexpected"] = result.unexpected
    if result.examples:
        metadata["examples"] = _listed(str(example) for example in result.examples)
    return dg.AssetCheckResult(
        passed=result.verdict == "passed",
        asset_key=dg.AssetKey(relation),
        check_name=name,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _check_name(rule: Rule) -> str:
    return re.sub(r"\W+", "_", rule.name).strip("_")


def _listed(texts: Iterable[str]) -> dg.MarkdownMetadataValue:
    """The texts as a Markdown list; those of hostile exports as code, so that they stay text."""
    shown = list(texts)
    more = [f"… and {len(shown) - LISTED} more"] if len(shown) > LISTED else []
    lines = [f"- `` {text.replace('`', chr(39))} ``" for text in shown[:LISTED]]
    return dg.MetadataValue.md("\n".join([*lines, *more]))
