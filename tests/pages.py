"""The pages of the documentation as tests read them: links, anchors and fenced blocks."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tests.command import ROOT

PAGES = [
    ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
]  # fmt: skip
_FENCE = re.compile(r"^( *)```(\S*)\n(.*?)^\1```$", re.S | re.M)


@dataclass(frozen=True)
class Block:
    """A fenced block, and the answer: the block marked ``text`` that comes right after it."""

    page: str
    language: str
    text: str
    answer: str | None = None

    def __str__(self) -> str:
        return f"{self.page}: {self.text.splitlines()[0][:60]}" if self.text else self.page


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text(page))


def links(page: Path) -> list[str]:
    """Targets of links to files and anchors of ours."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Anchors of headings, as GitHub and the site make them."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def blocks(*languages: str, under: str = "") -> list[Block]:
    """The fenced blocks in some languages, of all pages or those below a folder."""
    found = []
    for page in PAGES:
        if not name(page).startswith(under):
            continue
        fences = list(_FENCE.finditer(text(page)))
        for at, fence in enumerate(fences):
            if fence[2] in languages:
                after = fences[at + 1] if at + 1 < len(fences) else None
                gap = text(page)[fence.end() : after.start()] if after else "none"
                is_answer = after is not None and after[2] == "text" and len(re.findall(r"\n\n", gap)) <= 2
                answer = textwrap.dedent(after[3]) if after and is_answer else None
                found.append(Block(name(page), fence[2], textwrap.dedent(fence[3]), answer))
    return found
