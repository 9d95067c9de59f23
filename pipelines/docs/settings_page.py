"""The words of ``caseload.yaml``, from the models that read them."""

from __future__ import annotations

from pydantic import BaseModel

from pipelines.contracts.settings import Alerts, Arrivals, Email, FromEnvironment, Poll, Retries, Settings
from pipelines.docs import markdown

SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("At the top", "All of it may be left out.", Settings),
    ("Arrivals", "Under `arrivals:`.", Arrivals),
    ("Poll", "Under `poll:`; if nothing is said, nothing is polled.", Poll),
    ("Retries", "Under `retries:`.", Retries),
    ("Alerts", "Under `alerts:`; if nothing is said, nobody is told.", Alerts),
    ("E-mail", "Under `alerts: email:`.", Email),
    ("Secrets", "Under `webhook:` and `password:`.", FromEnvironment),
)


def page() -> str:
    """Every word with its default and meaning."""
    parts = [
        "# Settings\n",
        "Generated from `pipelines/contracts/settings.py` by `make docs`. The words of "
        "`caseload.yaml`, which stands beside "
        "`raw/`, or where the environment variable `CASELOAD_SETTINGS` says; an example with all of them "
        "is in "
        "[Operate Caseload](../how-to/operate.md#settings).\n",
    ]
    for title, where, model in SECTIONS:
        parts += [f"## {title}\n", f"{where}\n", markdown.fields(model)]
    return "\n".join(parts)
