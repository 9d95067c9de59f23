"""Measures Caseload against the floor (`floor.py`) on simulated records: ``make bench [ROWS=10_000_000]``.

Product and floor take turns, each in a process of its own with an empty output folder, so that what the
machine does meanwhile hits both. Ratios are within one turn. Writes ``bench/results.json`` and
``docs/reference/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench.page import write_page

ROOT = Path(__file__).resolve().parent.parent
CASELOAD = str(Path(sys.executable).with_name("caseload"))
DAGSTER = str(Path(sys.executable).with_name("dagster"))
SIZES = (1_000_000, 10_000_000, 50_000_000)
MONTHS = 120
TURNS = {1_000_000: 5, 10_000_000: 5, 50_000_000: 3}
HISTORIES = (12, 120)
A_MONTH = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(text.replace("_", "")), help="one size only")
    asked = parser.parse_args()
    results: dict[str, Any] = {"machine": machine(), "versions": versions(), "sizes": []}
    with tempfile.TemporaryDirectory(prefix="caseload-bench-") as folder:
        work = Path(folder)
        say("The figures to follow: one run on raw/")
        caseload(work, "run", raw=ROOT / "raw", warehouse=work / "published")
        for rows in [asked.rows] if asked.rows else SIZES:
            results["sizes"].append(size(work, rows))
            save(results)
        if not asked.rows:
            results["one_more_month"] = [one_more_month(work, months) for months in HISTORIES]
            results["nothing_new"] = nothing_new(work)
        save(results)
    say(f"Wrote {ROOT / 'bench/results.json'} and docs/reference/benchmarks.md")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def save(results: dict[str, Any]) -> None:
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    (ROOT / "bench/results.json").write_text(text, encoding="utf-8")
    write_page(results, ROOT / "docs/reference/benchmarks.md")


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpus": os.cpu_count(), "memory_gib": round(memory / 2**30), "system": platform.platform()}


def versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("caseload", "dagster", "duckdb", "great-expectations", "pandas")
    return {name: version(name) for name in names} | {"python": platform.python_version()}


# Measuring


def measured(arguments: list[str], environment: dict[str, str] | None = None) -> dict[str, float]:
    """Wall time, CPU time and peak memory of a process and its children, by the kernel's account."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            arguments, env=os.environ | (environment or {}), stdout=said, stderr=subprocess.STDOUT, cwd=ROOT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(arguments)} failed:\n{said.read().decode()}")
    return {
        "wall_s": time.perf_counter() - began,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mib": usage.ru_maxrss / 1024,
    }


def caseload(work: Path, *arguments: str, raw: Path, warehouse: Path) -> dict[str, float]:
    environment = {"CASELOAD_RAW": str(raw), "CASELOAD_WAREHOUSE": str(warehouse)}
    return measured([CASELOAD, *arguments], environment)


def simulated(work: Path, rows: int, months: int) -> Path:
    """The folder of exports with so many rows; its only source is ``simulated``."""
    raw = work / f"raw-{rows}-{months}"
    if not raw.is_dir():
        arguments = ("--rows", str(rows), "--months", str(months), "--out", str(raw / "simulated"))
        caseload(work, "simulate", *arguments, raw=raw, warehouse=work / "published")
    return raw


def size(work: Path, rows: int) -> dict[str, Any]:
    """Product and floor on so many rows, in turns."""
    say(f"{rows:,} rows: simulating")
    raw = simulated(work, rows, MONTHS)
    turns = []
    for turn in range(TURNS.get(rows, 3)):
        both = {}
        for name, run in in_turn(turn, product=product, floor=floor):
            out = work / name
            shutil.rmtree(out, ignore_errors=True)
            both[name] = run(work, raw, out)
            say(f"{rows:,} rows, turn {turn + 1}, {name}: {both[name]['wall_s']:.1f} s wall, "
                f"{both[name]['cpu_s']:.1f} s CPU, {both[name]['peak_mib']:,.0f} MiB")  # fmt: skip
        check_same(work / "product", work / "floor")
        turns.append(both)
    megabytes = sum(path.stat().st_size for path in (raw / "simulated").glob("*.csv")) / 1e6
    validation = validating(raw, work)
    shutil.rmtree(raw)
    return {
        "rows": rows, "files": MONTHS, "megabytes": round(megabytes), "turns": turns,
        "ratio_wall": spread([turn["product"]["wall_s"] / turn["floor"]["wall_s"] for turn in turns]),
        "ratio_cpu": spread([turn["product"]["cpu_s"] / turn["floor"]["cpu_s"] for turn in turns]),
        "product": medians([turn["product"] for turn in turns]),
        "floor": medians([turn["floor"] for turn in turns]),
        "validation": validation,
    }  # fmt: skip


def in_turn(turn: int, **runs: Callable) -> list[tuple[str, Callable]]:
    """Who begins alternates."""
    return list(runs.items())[:: 1 if turn % 2 else -1]


def product(work: Path, raw: Path, out: Path) -> dict[str, float]:
    return caseload(work, "run", raw=raw, warehouse=out)


def floor(work: Path, raw: Path, out: Path) -> dict[str, float]:
    return measured([sys.executable, str(ROOT / "bench/floor.py"), str(raw / "simulated"), str(out)])


def check_same(product_folder: Path, floor_folder: Path) -> None:
    """Stop if the two do not say the same: then one of them did something else."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{product_folder / 'caseload.duckdb'}' as product (read_only)")
        connection.execute(f"attach '{floor_folder / 'floor.duckdb'}' as floor (read_only)")
        for mart in ("crime_type_shares", "age_distributions", "arrest_trends"):
            # The product's trends have years as well.
            months = "and period_kind = 'month'" if mart == "arrest_trends" else ""
            mine, theirs = (
                connection.execute(
                    "select measure, count(*) filter (value > 0), sum(value) "
                    f"from {side}.{mart} where true {only} group by all order by all"
                ).fetchall()
                for side, only in (("product", months), ("floor", ""))
            )
            if mine != theirs:
                raise SystemExit(f"{mart}: the product says {mine}, the floor {theirs}")


def validating(raw: Path, work: Path) -> dict[str, Any]:
    """Great Expectations on the product's Parquet, after its import, against the same rules in fused SQL."""
    script = [
        sys.executable,
        str(ROOT / "bench/validation.py"),
        str(raw / "simulated"),
        str(work / "product"),
    ]
    done = subprocess.run(script, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def one_more_month(work: Path, months: int) -> dict[str, Any]:
    """What it costs to add a month to so many, and what the first run over all of them cost."""
    say(f"One more month on {months}")
    rows = A_MONTH * (months + 1)
    raw = simulated(work, rows, months + 1)
    files = sorted((raw / "simulated").glob("*.csv"))
    last, kept = files[-1], work / "kept"
    last.rename(kept)
    warehouse = work / "history"
    shutil.rmtree(warehouse, ignore_errors=True)
    caseload(work, "run", raw=raw, warehouse=warehouse)
    times = []
    for turn in range(5):
        before = work / "before"
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(warehouse, before, symlinks=True)
        shutil.copy2(kept, last)
        times.append(caseload(work, "run", raw=raw, warehouse=before))
        last.unlink()
        say(f"One more month on {months}, turn {turn + 1}: {times[-1]['wall_s']:.1f} s")
    shutil.rmtree(raw)
    return {"months": months, "rows_a_month": A_MONTH, "turns": times, **medians(times)}


def nothing_new(work: Path) -> dict[str, Any]:
    """A run with nothing to do, against the time that Dagster takes to say its version."""
    turns = [
        {
            "product": caseload(work, "run", raw=ROOT / "raw", warehouse=work / "published"),
            "dagster": measured([DAGSTER, "--version"]),
        }
        for _ in range(5)
    ]
    return {
        "turns": turns,
        "ratio_wall": spread([t["product"]["wall_s"] / t["dagster"]["wall_s"] for t in turns]),
    }


def spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}


def medians(turns: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


if __name__ == "__main__":
    main()
