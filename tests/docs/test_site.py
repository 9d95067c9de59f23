"""The site is built without a warning, and needs no network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.command import ROOT

pytestmark = pytest.mark.whole

for library in ("sphinx", "myst_parser", "furo", "marimo", "altair", "vl_convert"):
    pytest.importorskip(library, reason=f"{library} is not installed: `make docs` installs it")


@pytest.fixture(scope="module")
def site(first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. Warnings are errors, and all of them are shown."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--doctree-dir", folder / "trees",
         ROOT / "docs", folder / "html"],
        env=os.environ | {"CASELOAD_WAREHOUSE": str(first_run / "warehouse")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_built_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    built = {path.relative_to(site).with_suffix(".md") for path in site.rglob("*.html")}
    written = {
        path.relative_to(ROOT / "docs")
        for path in (ROOT / "docs").rglob("*.md")
        if "_build" not in path.parts
    }
    assert written <= built
    loading = re.compile(r"<(?:script|img|iframe|source|video|embed|object)\b[^>]*?(?:src|data)=\"([^\"]+)")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        linked = re.findall(r'<link\b[^>]*rel="(?!search|index|canonical|next|prev)[^>]*href="([^"]+)', text)
        for address in [*loading.findall(text), *linked]:
            assert not re.match(r"(?:\w+:)?//", address), f"{page}: {address}"
    for sheet in site.rglob("*.css"):
        found = re.findall(r"@import[^;]+|url\(\s*['\"]?([^)'\"]+)", sheet.read_text(encoding="utf-8"))
        assert not [address for address in found if re.match(r"(?:\w+:)?//", address)], sheet


def test_the_notebook_is_a_page_with_its_figures_and_charts(site: Path) -> None:
    page = (site / "tutorial/notebook.html").read_text(encoding="utf-8")
    assert '<td class="number">1,761</td>' in page
    assert page.count('<svg role="img" aria-label="Bars: ') == 2
    assert ">47.6</text>" in page
    assert ">+47.8</text>" in page
    assert "<h2>How old are the suspects" in page
    assert "of a base of 3,696 to 3,699" in unescape(page)
    assert "<marimo" not in page
