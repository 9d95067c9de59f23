"""The waist of the hourglass: one row per published (or counted) number.

Everything above this module knows one source, everything below it knows none.
It imports nothing of ours.
"""

from __future__ import annotations

TOTAL = "total"
"""The code that says "not broken down by this dimension"."""

COLUMNS: dict[str, str] = {
    "source": "VARCHAR",
    "export_id": "VARCHAR",
    "released_on": "DATE",
    "period_start": "DATE",
    "period_end": "DATE",
    "measure": "VARCHAR",
    "crime_type": "VARCHAR",
    "age_band": "VARCHAR",
    "sex": "VARCHAR",
    "region": "VARCHAR",
    "value": "BIGINT",
    "value_status": "VARCHAR",
    "published_share_pct": "VARCHAR",
    "published_change_pct": "VARCHAR",
    "is_provisional": "BOOLEAN",
    "source_file": "VARCHAR",
    "source_row": "INTEGER",
    "source_column": "VARCHAR",
    "other_dimensions": "VARCHAR",
}
"""Columns of ``observation`` with their DuckDB types, in order.

``published_…_pct`` are text because 35 and 35.0 were rounded differently.
``other_dimensions`` is JSON with sorted keys, null for sources that have no further dimension.
"""

DIMENSIONS: tuple[str, ...] = ("crime_type", "age_band", "sex", "region")
"""Dimensions that every observation has; ``total`` where the source does not break down by one."""

OBSERVED = "observed"
VALUE_STATUSES: tuple[str, ...] = (OBSERVED, "suppressed", "missing", "not_applicable")
"""What a cell can say: a number, or why there is none. Zero is a number."""

KEY: tuple[str, ...] = (
    "source",
    "released_on",
    "period_start",
    "period_end",
    "measure",
    *DIMENSIONS,
    "other_dimensions",
)
"""The grain: at most one observation for each combination of these."""
