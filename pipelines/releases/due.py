"""Which editions the sources' calendars call for next, given what has been published of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pipelines.contracts.calendars import Due, next_due
from pipelines.contracts.contract import Source
from pipelines.releases.store import Receipt


def editions_due(sources: Iterable[Source], published: Iterable[Receipt]) -> dict[str, Due]:
    """By source with a calendar that calls for one: its next edition."""
    until: dict[str, dt.date] = {}
    for receipt in published:
        if receipt.period_end:
            end = dt.date.fromisoformat(receipt.period_end)
            until[receipt.source] = max(end, until.get(receipt.source, end))
    found = {
        source.name: next_due(source.contract.calendar, until.get(source.name))
        for source in sources
        if source.contract.calendar
    }
    return {name: due for name, due in found.items() if due}
