"""The Data Docs work without a network, call nobody, and show what exports say as text."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipelines.quality import data_docs, offline_pages
from pipelines.quality.expectations import Rule, Validator

HOSTILE = (
    "<from-an-export><script>document.title = 'ran'</script><img src=https://evil.example/x onerror=run()>"
)
COLUMN_NAME = "name</script><from-an-export>"
ROWS = pd.DataFrame(
    {
        "source_row": [2, 3, 4],
        "source_column": ["arrests", HOSTILE, "arrests"],
        "place": ["home", HOSTILE, "home"],
        COLUMN_NAME: ["x", HOSTILE, "x"],
        "arrests": [10, -1, 12],
    }
)
FAILING = [
    Rule("expect_column_values_to_be_in_set", {"column": "place", "value_set": ["home", "<from-an-export>"]}),
    Rule("expect_column_values_to_match_regex", {"column": "place", "regex": "^(?!<from-an-export>)home$"}),
    Rule("expect_column_values_to_be_unique", {"column": COLUMN_NAME}),
    Rule("expect_column_values_to_not_be_null", {"column": "arrests"}),
    Rule("expect_column_values_to_be_between", {"column": "place", "min_value": 0}),
    Rule("expect_column_values_to_be_between", {"column": "<from-an-export>", "min_value": 0}),
    Rule("expect_column_distinct_values_to_be_in_set", {"column": "place", "value_set": ["home"]}),
    Rule("expect_column_most_common_value_to_be_in_set", {"column": COLUMN_NAME, "value_set": [HOSTILE]}),
    Rule("expect_column_pair_values_to_be_equal", {"column_A": "place", "column_B": COLUMN_NAME}),
    Rule("expect_compound_columns_to_be_unique", {"column_list": ["place", COLUMN_NAME]}),
    Rule("expect_table_columns_to_match_set", {"column_set": ["place", "<from-an-export>"]}),
    Rule("expect_column_to_exist", {"column": "<from-an-export>"}),
]
PASSING = [
    Rule("expect_column_values_to_not_be_null", {"column": column}) for column in ("place", COLUMN_NAME)
]
IN_DUCKDB = [
    *FAILING[:1],
    *FAILING[2:4],
    Rule("unexpected_rows_expectation", {"unexpected_rows_query": "from {batch}"}),
]
PAGES = {
    "index": "index.html",
    "suite": "expectations/export/failing.html",
    "failed": "validations/export/failing/**/*.html",
    "passed": "validations/export/passing/**/*.html",
    "relation": "validations/audit/place/broken/**/*.html",
}


def build(folder: Path) -> Path:
    """The site of a failing and a passing frame, and of a DuckDB relation."""
    database = folder / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.register("rows", ROWS)
        connection.execute("create table place as select * from rows")
    validator = Validator(folder / "gx", folder / "docs")
    validator.frame("export.failing", "rows of 1", ROWS, FAILING)
    validator.frame("export.passing", "rows of 2", ROWS, PASSING)
    validator.relations("audit", database, {"place": IN_DUCKDB})
    validator.build_docs()
    validator.finish_docs()
    return folder / "docs"


def page_of(site: Path, kind: str) -> Path:
    (page,) = site.glob(PAGES[kind])
    return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("offline"))


@pytest.fixture(scope="module")
def site_as_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same site before it is made to work offline."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data_docs, "start_making_offline", lambda site: None)
        return build(tmp_path_factory.mktemp("as_built"))


def soup_of(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_every_kind_of_page_is_there(site: Path) -> None:
    assert all(page_of(site, kind).is_file() for kind in PAGES)


def test_only_links_point_to_other_hosts(site: Path) -> None:
    elsewhere = re.compile(r"^\s*(?:https?:)?//", re.I)
    for page in site.rglob("*.html"):
        for element in soup_of(page).find_all(True):
            remote = [name for name, value in element.attrs.items() if elsewhere.match(str(value))]
            assert not remote or (element.name, remote) == ("a", ["href"]), f"{page}: {element}"
            assert "url(" not in str(element.get("style", ""))


def test_pages_hold_no_script_no_style_and_no_event_handler(site: Path) -> None:
    for page in site.rglob("*.html"):
        soup = soup_of(page)
        assert not soup.select("script, style, iframe, object, embed, base, form")
        assert not [e for e in soup.find_all(True) if any(name.startswith("on") for name in e.attrs)]


def test_style_sheets_load_nothing_from_other_hosts() -> None:
    for name in offline_pages.STYLE_SHEETS:
        text = (offline_pages.STATIC / name).read_text(encoding="utf-8")
        assert "@import" not in text
        assert all(address.startswith("data:") for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", text))


def test_the_licence_of_bootstrap_is_shipped_with_it(site: Path) -> None:
    assert "MIT" in (site / "static" / "bootstrap-4.6.2.LICENSE.txt").read_text(encoding="utf-8")


def test_every_style_sheet_image_and_page_that_a_page_refers_to_exists(site: Path) -> None:
    for page in site.rglob("*.html"):
        soup = soup_of(page)
        named = [element.get("href") or element.get("src") for element in soup.select("[href], [src]")]
        for address in map(urlsplit, map(str, named)):
            if address.netloc:
                continue
            file = page.parent / unquote(address.path) if address.path else page
            assert file.is_file(), f"{page}: {address.geturl()}"
            assert not address.fragment or soup.find(id=address.fragment)


def test_no_page_advertises(site: Path) -> None:
    assert not [page for page in site.rglob("*.html") if "utm_" in page.read_text(encoding="utf-8")]


def test_the_index_lists_every_validation_with_its_verdict_and_every_suite(site: Path) -> None:
    validations, suites = soup_of(page_of(site, "index")).select("table")
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("td")] for row in validations.select("tr")[1:]
    ]
    assert sorted((row[0], row[3], row[5]) for row in rows) == [
        ("✓", "rows of 2", "export.passing"),
        ("✗", "place", "audit.place"),
        ("✗", "place", "audit.place.broken"),
        ("✗", "rows of 1", "export.failing"),
    ]
    assert [row.get_text(strip=True) for row in suites.select("td")] == [
        "audit.place", "audit.place.broken", "export.failing", "export.passing",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["failed", "passed", "suite", "relation"])
def test_what_cells_and_column_names_say_stays_text(site: Path, kind: str) -> None:
    page = page_of(site, kind).read_text(encoding="utf-8")
    assert "&lt;from-an-export&gt;" in page
    assert "<from-an-export" not in page


def test_an_expectation_that_errored_does_not_look_like_one_that_failed(site: Path) -> None:
    verdicts = {icon["aria-label"] for icon in soup_of(page_of(site, "failed")).select(".icon")}
    assert verdicts == {"succeeded", "failed", "could not be evaluated"}


def test_pages_that_are_done_are_left_alone(site: Path) -> None:
    before = {page: page.stat().st_mtime_ns for page in site.rglob("*.html")}
    offline_pages.make_offline(site)
    assert before == {page: page.stat().st_mtime_ns for page in site.rglob("*.html")}


def test_a_page_that_quotes_the_mark_of_done_pages_is_not_taken_for_one(tmp_path: Path) -> None:
    done = tmp_path / "done.html"
    done.write_text("<p>nothing</p>", encoding="utf-8")
    offline_pages.make_offline(tmp_path)
    page = tmp_path / "page.html"
    page.write_text(f"<p>{done.read_text(encoding='utf-8')}</p><script>run()</script>", encoding="utf-8")
    offline_pages.make_offline(tmp_path)
    assert "<script>" not in page.read_text(encoding="utf-8")


@dataclass
class Visit:
    """What a browser made of a page: its DOM, the addresses it asked for, what it complained of."""

    dom: str
    requests: list[str]
    complaints: list[str]


@pytest.fixture(scope="module")
def chromium() -> str:
    if found := shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"):
        return found
    message = "no Chromium on this machine: apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def visit(chromium: str, page: Path, folder: Path) -> Visit:
    log = folder / "net.json"
    switches = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --enable-logging=stderr --dump-dom"
    )
    ran = subprocess.run(
        [chromium, *switches.split(), "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}",
         f"--user-data-dir={folder / 'profile'}", page.resolve().as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return Visit(ran.stdout, _requests(log), [line for line in ran.stderr.splitlines() if "CONSOLE" in line])


def _requests(log: Path) -> list[str]:
    """The addresses that the page asked for; those of the browser itself have no origin."""
    entries = json.loads(log.read_text(encoding="utf-8"))
    start = entries["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    jobs = [event["params"] for event in entries["events"] if event["type"] == start and "params" in event]
    return [job["url"] for job in jobs if job.get("initiator", "not an origin") != "not an origin"]


@pytest.mark.parametrize("kind", PAGES)
def test_a_browser_asks_nobody_for_anything_and_has_nothing_to_block(
    chromium: str, site: Path, kind: str, tmp_path: Path
) -> None:
    seen = visit(chromium, page_of(site, kind), tmp_path)
    assert seen.requests == []
    # A style sheet that is missing or blocked would be complained of, and so would a blocked request.
    assert seen.complaints == []
    assert "<from-an-export" not in seen.dom
    assert "</body>" in seen.dom


def test_the_browser_test_would_see_the_calls_of_a_page_as_built(
    chromium: str, site_as_built: Path, tmp_path: Path
) -> None:
    requests = visit(chromium, page_of(site_as_built, "failed"), tmp_path).requests
    assert {"code.jquery.com", "unpkg.com", "cdn.jsdelivr.net"} <= {urlsplit(url).netloc for url in requests}


def test_the_policy_alone_stops_what_would_be_markup(chromium: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>before</p>", encoding="utf-8")
    offline_pages.make_offline(tmp_path)
    done = page.read_text(encoding="utf-8")
    page.write_text(
        done.replace("</body>", f"{HOSTILE}<p style='color: red'>after</p></body>"), encoding="utf-8"
    )
    seen = visit(chromium, page, tmp_path)
    assert "<from-an-export>" in seen.dom
    assert "<title>ran</title>" not in seen.dom
    assert seen.requests == []
    assert len(seen.complaints) >= 2


def test_only_the_newest_results_and_their_pages_are_kept(tmp_path: Path) -> None:
    results, pages = tmp_path / "results", tmp_path / "pages"
    for time in ("20260101T000000Z", "20260102T000000Z", "20260103T000000Z"):
        for folder, name in ((results, "batch.json"), (pages, "batch.html")):
            (folder / "suite" / time).mkdir(parents=True)
            (folder / "suite" / time / name).touch()
    data_docs.forget_old(results, pages, kept=2)
    assert sorted(path.parent.name for path in results.rglob("*.json")) == [
        "20260102T000000Z",
        "20260103T000000Z",
    ]
    assert sorted(path.parent.name for path in pages.rglob("*.html")) == [
        "20260102T000000Z",
        "20260103T000000Z",
    ]
