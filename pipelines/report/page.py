"""The page: everything in one file, which asks for nothing else and runs nothing but its own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from pipelines.common.problems import one_line, printable
from pipelines.periods import Period
from pipelines.report import ages, shares, trends
from pipelines.report.blocks import Block
from pipelines.report.charts import Specification
from pipelines.report.contradictions import contradiction
from pipelines.report.figures import Figures, Row
from pipelines.report.head import Head, head, next_edition
from pipelines.report.words import LANGUAGES, Language, Words, day, period

_HERE = Path(__file__).parent
_SCRIPTS = ("vega.js", "report.js")
_FRAMES = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
)


@dataclass(frozen=True)
class Part:
    """What is said of one source."""

    name: str
    title: str
    facts: list[tuple[str, str]]
    homepage: str
    notes: str
    is_translated: bool
    """Whether the notes are in the language of the edition; else they are in English."""
    is_simulated: bool
    contradictions: list[str]
    contradictions_found: int
    sections: list[tuple[str, str, list[Block]]]
    """Key, heading and blocks."""


@dataclass(frozen=True)
class Edition:
    """The whole report in one language."""

    language: Language
    words: Words
    publication: str
    head: Head
    parts: list[Part]


def page(figures: Figures, note: str = "") -> str:
    """The report as HTML. The note says why an older publication is shown, if one is."""
    charts: dict[str, Specification] = {}
    sources = {row["source"]: row for row in figures.rows["sources"]}
    editions = [_edition(Words(language, figures.codes, sources), figures) for language in LANGUAGES]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip

    def keep(name: str, specification: Specification) -> str:
        charts[name] = specification
        return name

    body = environment.get_template("page.html").render(
        editions=editions,
        publication=figures.publication,
        note=one_line(note),
        policy=_policy(),
        style=_asset("report.css"),
        keep=keep,
    )
    scripts = "\n".join(f"<script>{_asset(name)}</script>" for name in _SCRIPTS)
    data = f'<script type="application/json" id="charts">{_json(charts)}</script>'
    return f"{body}\n{data}\n{scripts}\n</body>\n</html>\n"


def _edition(words: Words, figures: Figures) -> Edition:
    parts = [_part(words, figures, source) for source in figures.rows["sources"]]
    publication = figures.publication
    return Edition(
        language=words.language,
        words=words,
        publication=words(
            "published",
            publication=publication["publication_id"],
            at=f"{publication['published_at']:%Y-%m-%d %H:%M}",
            exports=f"{publication['exports_published']:,}",
            sources=len(parts),
            observations=f"{publication['observations']:,}",
        ),
        head=head(words, figures),
        parts=parts,
    )


def _part(words: Words, figures: Figures, source: Row) -> Part:
    name = source["source"]
    found = figures.of("contradictions", name)
    sections = [
        ("shares", words("shares"), shares.blocks(words, figures.of("types", name), found)),
        ("ages", words("ages"), ages.blocks(words, figures.of("ages", name), found)),
        ("trends", words("trends"), trends.blocks(
            words, *(figures.of(query, name) for query in ("trends", "rolling", "regions", "breaks"))
        )),
    ]  # fmt: skip
    return Part(
        name=name,
        title=words.title(name),
        facts=_facts(words, figures, source),
        homepage=_address(source["homepage"]),
        notes=one_line(words.of(source, "notes") or ""),
        is_translated=words.language == "en" or bool(source["notes_ko"]),
        is_simulated=source["is_simulated"],
        contradictions=[f"{period(row)}: {contradiction(words, row)}" for row in found],
        contradictions_found=found[0]["found"] if found else 0,
        sections=[section for section in sections if section[2]],
    )


def _facts(words: Words, figures: Figures, source: Row) -> list[tuple[str, str]]:
    facts = [
        (words("publisher"), printable(words.of(source, "publisher") or "")),
        (words("licence"), one_line(words.of(source, "licence") or "")),
        (words("citation"), _citation(words, source)),
        (
            words("covers"),
            Period(source["covers_from"], source["covers_until"]).short if source["covers_from"] else "",
        ),
        (
            words("releases"),
            words("releases until", count=source["releases"], day=day(source["latest_released_on"])),
        ),
        (words("next edition"), next_edition(words, source, figures.publication["published_at"].date())),
    ]
    return [(name, value) for name, value in facts if value]


def _citation(words: Words, source: Row) -> str:
    """How to cite it: as the contract says, else put together in the language of the edition."""
    english = one_line(source["citation"])
    if words.of(source, "title") == source["title"] or not english.startswith(
        one_line(f"{source['publisher']}: {source['title']}.")
    ):
        return english
    cited = words(
        "cite",
        publisher=printable(words.of(source, "publisher") or ""),
        title=words.title(source["source"]),
        day=day(source["latest_released_on"]),
    )
    return one_line(f"{cited} {source['homepage'] or ''}")


def _address(homepage: str | None) -> str:
    """An address that may be followed: of the web, and of nothing that a browser would run."""
    return homepage if homepage and urlsplit(homepage).scheme in ("http", "https") else ""


def _json(content: Any) -> Markup:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704


@cache
def _asset(name: str) -> Markup:
    """A style sheet or a script of ours, or Vega's; see ``vega.LICENSES.txt``."""
    return Markup((_HERE / name).read_text(encoding="utf-8").strip())  # noqa: S704


@cache
def _policy() -> str:
    """A content security policy under which nothing runs but our scripts, and nothing is fetched."""
    hashes = [hashlib.sha256(_asset(name).encode()).digest() for name in _SCRIPTS]
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return f"{_FRAMES}script-src {allowed}"
