"""The figures of a benchmark as a page with a table and a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TARGETS = {1_000_000: None, 10_000_000: 1.5, 50_000_000: 1.2}


def write_page(results: dict[str, Any], path: Path) -> None:
    """``docs/reference/benchmarks.md``, and its chart beside it."""
    machine, versions = results["machine"], results["versions"]
    parts = [
        "# Benchmarks\n",
        "Written by `make bench` (`make bench ROWS=10_000_000` for one size); all figures are in "
        "`bench/results.json`. The floor is [bench/floor.py](../../bench/floor.py): a bare DuckDB script "
        "that "
        "reads the same simulated files with the same types, writes the same Parquet, runs the same checks "
        "fused into one scan, counts the same breakdowns and builds the three marts. Product and floor take "
        "turns, whole processes from nothing, imports and Dagster's new instance included; ratios are within "
        "a turn.\n",
        f"{machine['cpus']} CPUs, {machine['memory_gib']} GiB, {machine['system']}; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ".\n",
        _sizes(results["sizes"]),
        "![Wall time of product and floor](benchmarks.svg)\n",
        _validation(results["sizes"]),
    ]
    if "one_more_month" in results:
        parts.append(_months(results["one_more_month"]))
    if "nothing_new" in results:
        ratio = results["nothing_new"]["ratio_wall"]
        parts.append(
            "## Nothing new\n\nA run that finds nothing new takes "
            f"{_ratio(ratio)} of the time of `dagster --version`; at most 1.5 is asked for.\n"
        )
    path.write_text("\n".join(parts), encoding="utf-8")
    _chart(results["sizes"], path.with_suffix(".svg"))


def _sizes(sizes: list[dict[str, Any]]) -> str:
    lines = [
        "| rows | MB | product, s | floor, s | ratio (least to greatest) | asked | CPU ratio | product, MiB "
        "| floor, MiB |",
        "|---:|---:|---:|---:|---|---:|---|---:|---:|",
    ]
    for size in sizes:
        product, floor = size["product"], size["floor"]
        asked = TARGETS.get(size["rows"])
        lines.append(
            f"| {size['rows']:,} | {size['megabytes']:,} | {product['wall_s']:.1f} | {floor['wall_s']:.1f} | "
            f"{_ratio(size['ratio_wall'])} | {asked or ''} | {_ratio(size['ratio_cpu'])} | "
            f"{product['peak_mib']:,.0f} | {floor['peak_mib']:,.0f} |"
        )
    return "\n".join(lines) + "\n"


def _validation(sizes: list[dict[str, Any]]) -> str:
    lines = [
        "## Validation\n",
        "Great Expectations on the records, after its import, and the same rules in fused SQL; at most 2 "
        "times is asked for at 10 million rows.\n",
        "| rows | Great Expectations, s | fused, s | of both: keys counted, s | ratio |",
        "|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        v = size["validation"]
        lines.append(
            f"| {size['rows']:,} | {v['great_expectations_s']:.2f} | {v['fused_s']:.2f} | {v['keys_s']:.2f} "
            f"| {v['ratio']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def _months(histories: list[dict[str, Any]]) -> str:
    lines = [
        "## One more month\n",
        f"The run that adds a month of {histories[0]['rows_a_month']:,} rows; on 120 months within 10% of 12 "
        "is asked for.\n",
        "| months of history | s | CPU, s |",
        "|---:|---:|---:|",
    ]
    lines += [f"| {h['months']} | {h['wall_s']:.1f} | {h['cpu_s']:.1f} |" for h in histories]
    few, many = histories[0]["wall_s"], histories[-1]["wall_s"]
    lines.append(f"\n{many / few:.2f} times.\n")
    return "\n".join(lines)


def _ratio(spread: dict[str, float]) -> str:
    return f"{spread['median']:.2f} ({spread['least']:.2f} to {spread['greatest']:.2f})"


def _chart(sizes: list[dict[str, Any]], path: Path) -> None:
    import altair

    rows = [
        {"rows": f"{size['rows'] / 1e6:g} million", "who": who, "seconds": turn[who]["wall_s"]}
        for size in sizes
        for turn in size["turns"]
        for who in ("floor", "product")
    ]
    order = [f"{size['rows'] / 1e6:g} million" for size in sizes]
    bars = (
        altair.Chart(altair.Data(values=rows))
        .mark_bar()
        .encode(
            x=altair.X("median(seconds):Q", title="seconds, median of the turns"),
            y=altair.Y("who:N", title=None),
            color=altair.Color("who:N", legend=None),
            row=altair.Row("rows:N", title="rows", sort=order),
        )
        .properties(width=520)
    )
    bars.save(str(path))
