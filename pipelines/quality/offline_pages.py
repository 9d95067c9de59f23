"""Makes Great Expectations' pages work without a network, run nothing and call nobody.

Great Expectations 1.24 loads 17 files from seven hosts and builds its index by scripts. Here pages get
style sheets of our own (``static/``) and no script: what scripts folded is ``<details>``. That what
exports say stays text is the work of `gx_views`; the content security policy is the second lock.

Run as a process of its own (`data_docs.start_making_offline`), which a run of the command does not wait for
until it ends.
"""

from __future__ import annotations

import html
import shutil
import sys
from pathlib import Path

from bs4 import BeautifulSoup, Tag

STATIC = Path(__file__).parent / "static"
STYLE_SHEETS = ("bootstrap-4.6.2.min.css", "data_docs.css")

# `file:` beside 'self', as browsers disagree on what 'self' is to a page that is a file.
# `style-src-attr`, as Great Expectations styles its elements one by one.
POLICY = (
    "default-src 'none'; style-src 'self' file:; style-src-attr 'unsafe-inline'; "
    "img-src 'self' file: data:; base-uri 'none'; form-action 'none'"
)
# The start of every page that is done: nothing that an export says can stand before it.
_START = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
)
_ACTIVE = "script, style, link, meta, base, iframe, frame, object, embed, audio, video, svg, image"
_LOADING = ("src", "srcset", "background", "poster", "action", "formaction")
_ADVERTISEMENTS = 'footer:has(a[href*="utm_source"]), a[href*="utm_source"]'
_SUCCEEDED = ".hide-succeeded-validations-column-section-target-child"
_ICONS = {
    "fa-check-circle": ("✓", "text-success", "succeeded"),
    "fa-times": ("✗", "text-danger", "failed"),
}
_OTHER_ICON = ("!", "text-warning", "could not be evaluated")


def make_offline(site: Path) -> None:
    """Every page of the site rewritten to load nothing from elsewhere; done pages are left alone."""
    static = site / "static"
    static.mkdir(parents=True, exist_ok=True)
    for file in STATIC.iterdir():
        shutil.copyfile(file, static / file.name)
    for page in sorted(site.rglob("*.html")):
        with page.open(encoding="utf-8") as text:
            if text.read(len(_START)) == _START:
                continue
        depth = len(page.relative_to(site).parts) - 1
        draft = page.with_suffix(".part")
        draft.write_text(_offline(page.read_text(encoding="utf-8"), "../" * depth), encoding="utf-8")
        draft.replace(page)


def _offline(page: str, root: str) -> str:
    """The page with a head of ours and no script; ``root`` is the way from it to the site's folder."""
    soup = BeautifulSoup(page, "html.parser")
    body = soup.body or soup
    _remove_unwanted(body)
    _point_logo_to(body, f"{root}static/images/logo-long.png")
    _list_tabs(body)
    _fold_details(soup, body)
    _mark_succeeded(body)
    _spell_out_icons(body)
    return f"{_START}{_rest_of_head(body, root)}</head>\n<body>{body.decode_contents()}</body>\n</html>\n"


def _rest_of_head(body: Tag, root: str) -> str:
    crumb = body.select_one(".ge-breadcrumbs-item.active")
    title = f"{crumb.get_text(strip=True)}, Data Docs" if crumb else "Data Docs"
    sheets = "".join(f'<link rel="stylesheet" href="{root}static/{name}">\n' for name in STYLE_SHEETS)
    return (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n{sheets}"
        f'<link rel="icon" href="{root}static/images/favicon.ico">\n'
    )


def _remove_unwanted(body: Tag) -> None:
    for element in body.select(f"{_ACTIVE}, {_ADVERTISEMENTS}"):
        element.decompose()
    for element in body.find_all(True):
        for name, value in list(element.attrs.items()):
            loads = name in _LOADING and (element.name, name) != ("img", "src")
            if loads or name.startswith("on") or (name == "style" and "url(" in str(value).lower()):
                del element[name]


def _point_logo_to(body: Tag, address: str) -> None:
    """The logo from the site's own folder, where Great Expectations puts it; no other image."""
    for image in body.select("img"):
        if "/logo-long.png" in str(image.get("src")):
            image["src"] = address
        else:
            image.decompose()


def _list_tabs(body: Tag) -> None:
    """Tabs one below the other, each under its name."""
    for link in body.select('a[data-toggle="tab"]'):
        if isinstance(pane := body.find(id=str(link["href"])[1:]), Tag):
            link.name, link.attrs = "h5", {}
            pane.insert(0, link.extract())
    for emptied in body.select(".nav-tabs"):
        emptied.decompose()


def _fold_details(soup: BeautifulSoup, body: Tag) -> None:
    for link in body.select('a[data-toggle="collapse"]'):
        if isinstance(folded := body.find(id=str(link["href"])[1:]), Tag):
            link.name, link.attrs = "summary", {}
            folded.wrap(soup.new_tag("details")).insert(0, link.extract())


def _mark_succeeded(body: Tag) -> None:
    """In the contents, sections without a failure get the class ``succeeded``: see data_docs.css."""
    for section in body.select(f".ge-section:has({_SUCCEEDED})"):
        for entry in body.select(f'.nav-link[href="#{section["id"]}"]'):
            entry["class"] = " ".join([*entry.get_attribute_list("class"), "succeeded"])


def _spell_out_icons(body: Tag) -> None:
    """Glyphs with a name for screen readers in place of an icon font."""
    for icon in body.select("i.fas"):
        glyph, colour, meaning = next((_ICONS[n] for n in icon["class"] if n in _ICONS), _OTHER_ICON)
        icon.name, icon.attrs = "span", {"class": f"icon {colour}", "role": "img", "aria-label": meaning}
        icon.string = glyph


if __name__ == "__main__":
    make_offline(Path(sys.argv[1]))
