"""The page in a real browser, without a network: what it shows, how it fits, and what cannot get into it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.report import page as page_module
from pipelines.report.figures import Figures, read
from pipelines.report.page import page as made
from tests.command import NOI, caseload

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

HOSTILE = (
    "<img src=https://evil.example/x onerror=document.title=1></script><script>document.title=2</script>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def opened(browser, first_run: Path):
    """A function: options of a browser window → the report in it, all charts drawn; and what went wrong."""
    contexts = []

    def open_page(path: Path = first_run / "warehouse/report/index.html", hash_: str = "en", **options: Any):
        context = browser.new_context(
            offline=True, **({"viewport": {"width": 1280, "height": 900}} | options)
        )
        contexts.append(context)
        tab = context.new_page()
        troubles: list[str] = []
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.on("console", lambda message: troubles.append(message.text))
        tab.on(
            "request",
            lambda request: (
                troubles.append(request.url) if not request.url.startswith(("file:", "data:")) else None
            ),
        )
        tab.goto(f"{path.as_uri()}#{hash_}")
        if options.get("java_script_enabled", True):
            tab.wait_for_selector(f"html[data-drawn={hash_}]", state="attached", timeout=60_000)
        return tab, troubles

    yield open_page
    for context in contexts:
        context.close()


def table_of(tab: Any, caption: str) -> list[list[str]]:
    """The cells of the visible table with a caption."""
    return tab.evaluate(
        """(caption) => [...document.querySelectorAll('main:not([hidden]) table')]
            .filter((table) => table.caption.textContent.trim() === caption)
            .flatMap((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim())))""",
        caption,
    )


def bars_of(tab: Any, heading: str) -> list[str]:
    """What the marks of a chart say of themselves to those who do not see them."""
    return tab.evaluate(
        """(heading) => [...document.querySelectorAll(`main:not([hidden]) .chart[aria-label="${heading}"] path[aria-roledescription=bar]`)]
            .map((bar) => bar.getAttribute('aria-label'))""",
        heading,
    )


@needs_browser
def test_the_figures_of_the_seed_are_on_the_page_and_in_its_charts(opened):
    tab, troubles = opened()

    assert table_of(tab, "Cases by crime type, 2024-11–2025-10") == [
        ["Deepfake sexual content", "1,553", "35.2"],
        ["Child and youth sexual exploitation material", "1,513", "34.3"],
        ["Illegal recording", "857", "19.4"],
    ]
    assert [row[:3] for row in table_of(tab, "Suspects by age, 2024-11–2025-10")] == [
        ["10s", "1,761", "47.6"], ["20s", "1,228", "33.2"], ["30s", "468", "12.7"], ["40s", "169", "4.6"],
    ]  # fmt: skip
    bars = bars_of(tab, "Cases by crime type, 2024-11–2025-10")
    assert len(bars) == 3
    assert "35.2" in bars[0]
    assert "Deepfake sexual content" in bars[0]
    careful = tab.locator("main:not([hidden]) .careful").inner_text()
    assert "fit together on a base of 4,407 to 4,417 only; the printed total is 3,411" in careful
    assert (
        "so the chart shows the percentages that the publisher prints"
        in tab.locator("main:not([hidden])").inner_text()
    )
    assert troubles == []


@needs_browser
def test_the_same_in_korean(opened):
    tab, troubles = opened(hash_="ko")

    assert tab.title() == "경찰 통계 보고서"
    assert tab.evaluate("document.documentElement.lang") == "ko"
    assert table_of(tab, "발생건수 범죄유형별, 2024-11–2025-10")[0] == ["허위영상물", "1,553", "35.2"]
    assert (
        "공표 비율에서 역산한 분모는 4,407–4,417인데, 공표 합계는 3,411입니다."
        in tab.locator("main:not([hidden])").inner_text()
    )
    assert len(bars_of(tab, "발생건수 범죄유형별, 2024-11–2025-10")) == 3
    tab.get_by_text("English").click()
    tab.wait_for_selector("html[data-drawn=en]", state="attached")
    assert tab.title() == "Police statistics report"
    assert troubles == []


@needs_browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_overflows(opened, width, language):
    tab, troubles = opened(hash_=language, viewport={"width": width, "height": 800})

    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    # What is wider than its place scrolls inside of it, and is reached by keys.
    outside = tab.evaluate(
        """() => [...document.querySelectorAll('main:not([hidden]) *')]
            .filter((element) => !element.closest('.wide') && !element.closest('caption') && element.getClientRects().length
                && element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => element.outerHTML.slice(0, 200))"""
    )
    assert outside == []
    assert tab.evaluate("[...document.querySelectorAll('.chart[data-drawn=done]')].length") > 3
    assert tab.evaluate("[...document.querySelectorAll('.chart[data-drawn=failed]')].length") == 0
    assert troubles == []


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_the_rules_of_axe(opened, scheme):
    from axe_playwright_python.sync_playwright import Axe

    tab, _ = opened(color_scheme=scheme, bypass_csp=True, viewport={"width": 700, "height": 900})
    found = Axe().run(tab).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


@needs_browser
def test_dark_is_dark_and_so_are_its_charts(opened):
    colours = {}
    for scheme in ("light", "dark"):
        tab, _ = opened(color_scheme=scheme)
        colours[scheme] = tab.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor,
                getComputedStyle(document.querySelector('main:not([hidden]) .chart path[aria-roledescription=bar]')).fill]"""
        )
    assert colours["light"][0] == "rgb(255, 255, 255)"
    assert colours["dark"][0] == "rgb(20, 23, 26)"
    assert colours["light"][1] != colours["dark"][1]


@needs_browser
def test_without_scripts_every_figure_is_there(opened):
    tab, _ = opened(java_script_enabled=False)
    text = tab.locator("main#en").inner_text()
    assert "The charts need scripts" in text
    assert "1,553" in text
    assert not tab.locator("main#ko").is_visible()


@needs_browser
def test_it_prints_with_its_charts_and_without_what_is_for_a_screen(opened):
    tab, _ = opened()
    printed = tab.pdf()
    assert printed.startswith(b"%PDF")
    assert len(printed) > 50_000
    tab.emulate_media(media="print")
    assert not tab.locator(".languages").is_visible()
    assert tab.locator("main:not([hidden]) .chart svg").first.is_visible()


@pytest.mark.whole
@needs_browser
def test_nothing_that_an_export_says_becomes_markup(opened, tmp_path):
    folder = tmp_path / "raw" / "hostile"
    folder.mkdir(parents=True)
    contract = (
        f"title: '{HOSTILE}'\ntitle_ko: '{HOSTILE}'\npublisher: '{HOSTILE}'\nlicence: '{HOSTILE}'\n"
        f"notes: '{HOSTILE}'\nhomepage: 'javascript:document.title=3'\n"
        "released_on: 2025-01-31\nfiles: '*'\nperiod: 2024\n"
        "columns:\n  type: {dimension: crime_type, codes: {'*': as_printed}}\n"
        "  cases: {value: count}\nset: {measure: cases}\ntotals: none\n"
    )
    (folder / "source.yaml").write_text(contract, encoding="utf-8")
    (folder / "a.csv").write_text(f'type,cases\n"{HOSTILE}",10\nfraud,5\n"$rows",3\n', encoding="utf-8")
    done = caseload(tmp_path, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    tab, troubles = opened(path=tmp_path / "warehouse/report/index.html")

    assert tab.title() == "Police statistics report"
    assert tab.evaluate("document.querySelectorAll('img, iframe, object, embed, link').length") == 0
    assert tab.evaluate("document.querySelectorAll('script').length") == 3
    assert (
        tab.evaluate(
            "[...document.querySelectorAll('a')].filter((a) => !/^(#|https?:)/.test(a.getAttribute('href'))).length"
        )
        == 0
    )
    assert HOSTILE in [row[0] for row in table_of(tab, "Cases by crime type, 2024")]
    assert len(bars_of(tab, "Cases by crime type, 2024")) == 3
    tab.locator("main:not([hidden]) .chart path[aria-roledescription=bar]").first.hover()
    tab.wait_for_selector(".vg-tooltip.visible")
    assert tab.evaluate("document.querySelectorAll('.vg-tooltip img, .vg-tooltip script').length") == 0
    assert troubles == []


@needs_browser
@pytest.mark.parametrize(("width", "is_shown"), [(360, False), (1280, True)])
def test_numbers_above_columns_that_are_too_narrow_for_them_are_left_to_the_table(
    opened, first_run, tmp_path, width, is_shown
):
    figures = read(first_run / "warehouse/caseload.duckdb")
    [row, *_] = figures.of("trends", NOI)
    series = [
        row | {"period_kind": "year", "value": 230_000 + year, "period_start": dt.date(2010 + year, 1, 1),
               "period_end": dt.date(2010 + year, 12, 31)}
        for year in range(8)
    ]  # fmt: skip
    page = tmp_path / "narrow.html"
    changed = figures.rows | {"trends": series, "rolling": []}
    page.write_text(made(with_(figures, rows=changed)), encoding="utf-8")
    tab, troubles = opened(path=page, viewport={"width": width, "height": 800})

    number = tab.locator("main:not([hidden]) .chart text", has_text="230,007")
    assert number.count() == 1
    assert (number.get_attribute("opacity") != "0") == is_shown
    assert troubles == []


@needs_browser
@pytest.mark.parametrize("years", [5, 12])
def test_where_a_series_breaks_a_mark_stands_and_no_line_leads_across(opened, first_run, tmp_path, years):
    figures = read(first_run / "warehouse/caseload.duckdb")
    [row, *_] = figures.of("trends", NOI)
    series = [
        row | {"period_kind": "year", "value": 10 * year, "period_start": dt.date(2010 + year, 1, 1),
               "period_end": dt.date(2010 + year, 12, 31)}
        for year in range(years)
    ]  # fmt: skip
    found = {"source": NOI, "dimension": "measure", "code": row["measure"], "note": "counts attempts too"}
    broken = [found | {"break_on": dt.date(2013, 1, 1)}]
    page = tmp_path / "broken.html"
    changed = figures.rows | {"trends": series, "rolling": [], "breaks": broken}
    page.write_text(made(with_(figures, rows=changed)), encoding="utf-8")
    tab, troubles = opened(path=page)

    shown = tab.locator("main:not([hidden]) .chart", has_text="series breaks")
    assert shown.count() == 1
    assert shown.locator("line[stroke-dasharray='4,3']").count() == 1
    assert shown.locator(".mark-line path").count() == (2 if years > 8 else 0)
    told = tab.locator("main:not([hidden]) figcaption").all_inner_texts()
    assert [text for text in told if "The series breaks on 2013-01-01: counts attempts too." in text]
    assert troubles == []


# Without a browser


def test_the_page_asks_for_nothing_and_runs_nothing_but_its_own_scripts(first_run):
    text = (first_run / "warehouse/report/index.html").read_text(encoding="utf-8")
    policy = text.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src &#39;none&#39;;")
    assert policy.count("sha256-") == 2
    assert "unsafe-eval" not in policy
    assert 'src="' not in text.partition('<script type="application/json"')[0]


def test_the_same_warehouse_gives_the_same_page(first_run):
    database = first_run / "warehouse/caseload.duckdb"
    assert made(read(database)) == made(read(database))


def test_the_renderer_is_the_bundle_of_the_library_that_is_pinned():
    import vl_convert

    assert page_module._asset("vega.js") == vl_convert.javascript_bundle().strip()


def with_(figures: Figures, **other: Any) -> Figures:
    return Figures(**(figures.__dict__ | other))


def test_it_opens_with_what_is_new_since_the_publication_before(first_run):
    figures = read(first_run / "warehouse/caseload.duckdb")
    of_release = figures.rows["news"][0]["export_ids"]

    assert "New since the publication before this one" in made(
        with_(figures, known_before=frozenset(of_release[1:]))
    )
    nothing_new = made(with_(figures, known_before=frozenset(of_release)))
    assert "No export is new since the publication before this one." in nothing_new
    assert "New since" not in nothing_new


def test_a_release_that_is_late_is_among_what_to_be_careful_about(first_run):
    figures = read(first_run / "warehouse/caseload.duckdb")
    later = figures.publication | {"published_at": dt.datetime(2027, 1, 2, 3, 4)}
    text = made(with_(figures, publication=later))

    assert "The edition up to 2026-10-31 was due on 2026-11-16 and was late on 2027-01-02." in text
    assert "Late releases" in text
    assert "Late releases" not in made(
        with_(figures, publication=later | {"published_at": dt.datetime(2026, 11, 20)})
    )


def test_a_correction_an_expectation_and_an_export_kept_out_are_told(first_run):
    figures = read(first_run / "warehouse/caseload.duckdb")
    told = [
        {
            "source": NOI,
            "kind": kind,
            "source_file": f"{NOI}/a.csv",
            "said": f"{kind} <i>",
            "released_on": dt.date(2025, 1, 31),
            "period_start": dt.date(2024, 1, 1),
            "period_end": dt.date(2024, 12, 31),
            "check_name": "a_rule",
            "evaluated": 9,
            "unexpected": 2,
            "examples": None,
        }
        for kind in ("corrected", "quarantined", "stale_correction", "unmet_expectation")
    ]
    text = made(with_(figures, rows=figures.rows | {"cautions": told}))

    for kind, heading in (("quarantined", "Exports that are kept out"), ("corrected", "Corrected figures")):
        assert heading in text
        assert f"{kind} &lt;i&gt;" in text
    assert "2024, release of 2025-01-31: unmet_expectation &lt;i&gt;" in text


def test_with_nothing_to_be_careful_about_the_page_says_so(first_run):
    figures = read(first_run / "warehouse/caseload.duckdb")
    text = made(with_(figures, rows=figures.rows | {"contradictions": [], "cautions": []}))
    assert "Nothing that is published contradicts anything else" in text
