"""Great Expectations' Data Docs: where they are made, by which views, and which results are kept for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any


def site_config(site: Path) -> dict[str, Any]:
    """The Data Docs site of a Great Expectations context, with pages in which cells stay text."""

    def view(name: str) -> dict[str, dict[str, str]]:
        return {"view": {"module_name": "pipelines.quality.gx_views", "class_name": name}}

    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)},
        "site_section_builders": {
            "expectations": view("EscapingPageView"),
            "validations": view("EscapingPageView"),
            "profiling": "none",
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"} | view("EscapingIndexPageView"),
    }


def start_making_offline(site: Path) -> subprocess.Popen:
    """Begin `offline_pages.make_offline` in a process of its own: rewriting pages takes as long as building
    them.
    """
    return subprocess.Popen([sys.executable, "-m", "pipelines.quality.offline_pages", str(site)])  # noqa: S603


def forget_old(results: Path, pages: Path, kept: int = 500) -> None:
    """Delete all but the newest results and their pages; each lies in a folder named by its time."""
    found = sorted(results.rglob("*.json"), key=lambda path: path.parent.name)
    for old in found[:-kept]:
        page = pages / old.relative_to(results).with_suffix(".html")
        page.unlink(missing_ok=True)
        old.unlink()
