"""What Great Expectations costs on the records of a run, after its import, against the same rules fused into
one scan (and one for the uniqueness of the key): ``python bench/validation.py EXPORTS WAREHOUSE``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.contracts import contract
from pipelines.quality.expectations import Validator
from pipelines.quality.record_validation import validated, write_views
from pipelines.reading.exports import discover
from pipelines.reading.headings import outside_fragment
from pipelines.records.rollups import Counted, rolled_up
from pipelines.releases.store import Store

FUSED = """
    select
        count(*) filter (caseload_unreadable is not null),
        count(*) filter (record is null),
        count(*) filter (case_id is null),
        count(*) filter (date is null),
        count(*) filter (not caseload_is_in_period),
        count(*) filter (crime_type is null),
        count(*) filter (crime_type not in (select unnest($labels))),
        count(*) filter (age < 0 or age > 120),
        count(*) filter (sex not in ('F', 'M')),
        count(*) filter (region not in (select unnest($regions))),
        count(*) filter (detained is null),
    from records
"""
TURNS = 3


def main(folder: Path, warehouse: Path) -> None:
    source = contract.load(folder)
    [table] = source.tables.values()
    store = Store(warehouse / ".store")
    ledger = store.ledger(source.name)
    exports, rows = [], {}
    for number, export in enumerate(discover(source, store.hashes)):
        receipt = store.receipt(str(ledger[f"{source.name}/{export.path.name}"].good))
        period = outside_fragment(table, export.groups).period()
        exports.append(Counted(number, str(store.records(receipt)), period, {}))
        rows[number] = receipt.rows_accepted
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch, "records.duckdb")
        with duckdb.connect() as connection:
            rollup = rolled_up(connection, table, exports)
        validator = Validator(Path(scratch, "store"), Path(scratch, "site"))
        validator.start()
        turns = []
        for _ in range(TURNS):
            began = time.perf_counter()
            write_views(database, table, exports)  # counts the keys of each export
            keys = time.perf_counter() - began
            began = time.perf_counter()
            validated(source, table, exports, rows, rollup, database, validator)
            great = time.perf_counter() - began
            began = time.perf_counter()
            with duckdb.connect(str(database)) as connection:
                labels = [label for (dimension, label) in rollup.codes if dimension == "crime_type"]
                regions = [label for (dimension, label) in rollup.codes if dimension == "region"]
                connection.execute(FUSED, {"labels": labels, "regions": regions}).fetchall()
            fused = time.perf_counter() - began
            turns.append({"great_expectations_s": great + keys, "fused_s": fused + keys, "keys_s": keys})
    turns.sort(key=lambda turn: turn["great_expectations_s"] / turn["fused_s"])
    median = turns[len(turns) // 2]
    print(json.dumps(median | {"ratio": median["great_expectations_s"] / median["fused_s"]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
