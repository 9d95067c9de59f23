"""What becomes of tables in offices: saved again by a spreadsheet, cut, joined, sorted, read in a wrong encoding."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from openpyxl import Workbook

from tests.corpus import RFC, Cells, Clean, Form, Polluted

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SEMICOLON = Form(delimiter=";")


def everyday(
    clean: Clean, number: int, text: int, day: int | None = None, is_listed: bool = False
) -> Iterator[Polluted]:
    """``number``, ``text`` and ``day`` are columns of counts, labels and days, as 28/01/2018. Labels are in a code list
    where they are ``is_listed``; else they are kept as they are printed, whatever that is.
    """
    yield from _numbers(clean, number)
    yield from _labels(clean, text, is_listed)
    yield from _rows(clean, number)
    yield from _columns(clean, text)
    yield from _encodings(clean)
    yield from _workbooks(clean, number)
    if day is not None:
        yield from _days(clean, day)


def _said(kind: str, name: str, changed: Clean, says: Clean) -> Polluted:
    return Polluted(kind, name, RFC.text(changed).encode(), says)


def changed(clean: Clean, column: int, change: Callable[[str], str], rows: slice = slice(None)) -> Clean:
    """The table with the cells of a column written otherwise, in some of its rows."""
    which = range(len(clean.rows))[rows]
    return clean.of(
        *(
            (*row[:column], change(row[column]), *row[column + 1 :]) if at in which else row
            for at, row in enumerate(clean.rows)
        )
    )


def without(clean: Clean, rows: slice) -> Clean:
    gone = range(len(clean.rows))[rows]
    return clean.of(*(row for at, row in enumerate(clean.rows) if at not in gone))


def _numbers(clean: Clean, column: int) -> Iterator[Polluted]:
    one = slice(1, 2)
    for name, change in (
        ("thousands in a thousandth", lambda text: f"{int(text) / 1000:.3f}"),
        ("with commas", lambda text: f"{int(text):,}"), ("with full-width commas", lambda text: text[:1] + "，" + text[1:]),
        ("with blanks", lambda text: text[:1] + "\u00a0" + text[1:]), ("with dots", lambda text: text[:1] + "." + text[1:].rjust(3, "0")),
        ("in powers of ten", lambda text: f"{int(text):.2E}"), ("as decimals", lambda text: f"{text}.0"),
        ("as long decimals", lambda text: f"{text}.00000"), ("as halves", lambda text: f"{text}.5"),
        ("in full-width digits", lambda text: text.translate(_FULL_WIDTH)), ("in Arabic digits", lambda text: "".join(chr(0x660 + int(d)) for d in text)),
        ("with U+00A0 around", lambda text: f"\u00a0{text}\u00a0"), ("with U+3000 around", lambda text: f"\u3000{text}"),
        ("with U+200B", lambda text: f"\u200b{text}"), ("with an apostrophe", lambda text: f"'{text}"),
        ("as a formula", lambda text: f"=1+{text}"), ("as text of a formula", lambda text: f'="{text}"'),
        ("#REF!", lambda _: "#REF!"), ("#N/A", lambda _: "#N/A"), ("########", lambda _: "########"), ("NaN", lambda _: "NaN"),
        ("TRUE", lambda _: "TRUE"), ("with U+2212", lambda text: f"−{text}"), ("in brackets", lambda text: f"({text})"),
        ("with a unit", lambda text: f"{text}건"), ("with a footnote", lambda text: f"{text}*"), ("with a footnote's number", lambda text: f"{text}¹"),
        ("provisional", lambda text: f"{text}p"), ("of hexadecimals", lambda text: hex(int(text))), ("with underscores", lambda text: f"{text}_000"),
        ("as a range", lambda text: f"{text}-{int(text) + 5}"), ("rounded", lambda text: f"~{text}"), ("with a plus", lambda text: f"+{text}"),
        ("infinite", lambda _: "inf"), ("empty", lambda _: ""), ("a dash", lambda _: "-"), ("of 40 digits", lambda text: text.rjust(40, "9")),
    ):  # fmt: skip
        for where, rows in (("everywhere", slice(None)), ("in one row", one)):
            yield _said("numbers", f"{name}, {where}", changed(clean, column, change, rows), clean)
    semicolons = replace(changed(clean, column, lambda text: f"{text},0"))
    yield Polluted("numbers", "decimal commas, semicolons", _SEMICOLON.text(semicolons).encode(), clean)


def _labels(clean: Clean, column: int, is_listed: bool) -> Iterator[Polluted]:
    head = clean.header
    for name, change in (
        ("decomposed", lambda text: unicodedata.normalize("NFD", text)), ("with U+00A0", lambda text: text.replace(" ", "\u00a0") + "\u00a0"),
        ("with U+3000", lambda text: f"\u3000{text}\u3000"), ("with two blanks", lambda text: text.replace(" ", "  ")),
        ("with U+200B", lambda text: f"{text}\u200b"), ("with a byte order mark", lambda text: f"\ufeff{text}"),
        ("full-width brackets", lambda text: text.replace("(", "（").replace(")", "）")),
        ("mojibake of CP949", lambda text: text.encode("cp949").decode("latin-1")),
        ("encoded twice", lambda text: text.encode().decode("latin-1")),
        ("with question marks", lambda text: text.encode("ascii", "replace").decode()),
        ("with a line break", lambda text: text[:1] + "\n" + text[1:]), ("in two languages", lambda text: f"{text} / English"),
    ):  # fmt: skip
        yield _said("labels", f"labels {name}", replace(clean, header=tuple(map(change, head))), clean)
        if name in _SAME or is_listed:
            yield _said("labels", f"a column {name}", changed(clean, column, change), clean)
    yield _said(
        "labels",
        "a second header in English",
        clean.of(tuple(f"column {at}" for at in range(len(head))), *clean.rows),
        clean,
    )
    words = tuple(f"column {'abcdefghijklmnopqrstuvwxyz'[at % 26]}" for at in range(len(head)))
    yield _said("labels", "a second header of words", clean.of(words, *clean.rows), clean)
    yield _said("labels", "letters for columns above", Clean(words, clean.lines), clean)


_SAME = ("decomposed", "with U+00A0", "with U+3000", "with two blanks")


def _rows(clean: Clean, number: int) -> Iterator[Polluted]:
    half = len(clean.rows) // 2
    first, second = clean.rows[:half], clean.rows[half:]
    yield _said("rows", "sorted", clean.of(*sorted(clean.rows)), clean)
    yield _said("rows", "upside down", clean.of(*clean.rows[::-1]), clean)
    yield _said("rows", "the second half twice", clean.of(*clean.rows, *second), clean)
    yield _said("rows", "twice", clean.of(*clean.rows, *clean.rows), clean)
    text, head = RFC.text(clean), RFC.text(clean.of())
    yield Polluted("rows", "the whole file twice", (text * 2).encode(), clean)
    other = changed(clean, number, lambda value: str(int(value) + 1))
    yield Polluted("rows", "two releases joined", (text + RFC.text(other)).encode(), clean.of())
    yield Polluted(
        "rows", "two releases joined, one header", (text + RFC.text(other)[len(head) :]).encode(), clean.of()
    )
    yield Polluted(
        "rows", "the last row joined without a line end", (text.rstrip() + text[len(head) :]).encode(), clean
    )
    blank = ("",) * len(clean.header)
    yield _said("rows", "rows of empty cells", clean.of(*first, blank, blank, *second, blank), clean)
    yield Polluted("rows", "blank lines", text.replace("\r\n", "\r\n\r\n").encode(), clean)
    total = ("합계", *[""] * (len(clean.header) - 2), "4711")
    for name, at in (("first", 0), ("in the middle", half), ("last", len(clean.rows))):
        yield _said(
            "rows", f"a row of totals {name}", clean.of(*clean.rows[:at], total, *clean.rows[at:]), clean
        )
    lines = text.split("\r\n")
    broken = lines[3][: len(lines[3]) // 2]
    yield Polluted(
        "rows",
        "a row cut in its middle",
        "\r\n".join([*lines[:3], broken, *lines[4:]]).encode(),
        without(clean, slice(2, 3)),
    )
    yield Polluted(
        "rows",
        "a row broken in two",
        text.replace(lines[3], f"{broken}\r\n{lines[3][len(broken) :]}").encode(),
        without(clean, slice(2, 3)),
    )
    yield Polluted(
        "rows",
        "bytes of zero in the middle",
        (text[: len(text) // 2] + "\0" * 4096 + text[len(text) // 2 + 4096 :]).encode(),
        clean,
    )
    yield Polluted("rows", "Excel's line about the separator above", b"sep=,\r\n" + text.encode(), clean)


def _columns(clean: Clean, text: int) -> Iterator[Polluted]:
    last = len(clean.header) - 1

    def each(change: Callable[[Cells], Cells], head: Callable[[Cells], Cells] | None = None) -> Clean:
        return Clean((head or change)(clean.header), tuple(map(change, clean.rows)))

    yield _said("columns", "moved", each(lambda row: (*row[3:], *row[:3])), clean)
    yield _said("columns", "one twice", each(lambda row: (*row, row[text])), clean)
    yield _said(
        "columns", "one more, without a label", each(lambda row: ("7", *row), lambda row: ("", *row)), clean
    )
    yield _said(
        "columns",
        "row numbers",
        Clean(("", *clean.header), tuple((str(at), *row) for at, row in enumerate(clean.rows))),
        clean,
    )
    yield _said(
        "columns",
        "one more",
        each(lambda row: (*row[:2], "7", *row[2:]), lambda row: (*row[:2], "new", *row[2:])),
        clean,
    )
    yield _said("columns", "an empty one more", each(lambda row: (*row[:2], "", *row[2:])), clean)
    yield _said("columns", "empty ones at the end", each(lambda row: (*row, "", "")), clean)
    for at in (0, text, last // 2):
        yield _said("columns", f"label {at} gone, its cells not", each(lambda row: (*row, ""), lambda row, at=at: (*row[:at], *row[at + 1 :])), clean.of())  # fmt: skip
        yield _said("columns", f"cells moved right from {at}", each(lambda row, at=at: (*row[:at], "", *row[at:-1]), lambda row: row), clean.of())  # fmt: skip
        yield _said("columns", f"cells moved left from {at}", each(lambda row, at=at: (*row[:at], *row[at + 1 :], ""), lambda row: row), clean.of())  # fmt: skip
        yield _said("columns", f"{at} and its neighbour swapped", each(lambda row, at=at: (*row[:at], row[at + 1], row[at], *row[at + 2 :])), clean)  # fmt: skip
    turned = tuple(zip(*clean.lines, strict=True))
    yield _said("columns", "rows for columns", Clean(turned[0], turned[1:]), clean.of())


def _encodings(clean: Clean) -> Iterator[Polluted]:
    text = RFC.text(clean)
    yield Polluted(
        "encodings", "UTF-8 read as Latin-1 and saved", text.encode().decode("latin-1").encode(), clean
    )
    yield Polluted("encodings", "UTF-8 with half a character", text.encode()[:-1] + b"\xec\x97\r\n", clean)
    yield Polluted(
        "encodings", "one row in another", (text + "\r\n").encode() + "연도,별".encode("cp949"), clean
    )
    yield Polluted("encodings", "web page", f"<html><body>{text}</body></html>".encode(), clean)
    yield Polluted(
        "encodings",
        "tabs in UTF-16, as Excel saves Unicode text",
        replace(RFC, delimiter="\t").text(clean).encode("utf-16"),
        clean,
    )
    try:
        cp949 = text.encode("cp949")
    except UnicodeEncodeError:
        return
    yield Polluted("encodings", "CP949 read as Latin-1 and saved", cp949.decode("latin-1").encode(), clean)
    yield Polluted(
        "encodings",
        "CP949 and UTF-8 halves",
        cp949[: cp949.index(b"\n") + 1] + text.encode()[text.encode().index(b"\n") + 1 :],
        clean,
    )


def _days(clean: Clean, column: int) -> Iterator[Polluted]:
    def as_day(text: str) -> dt.date:
        return dt.datetime.strptime(text, "%d/%m/%Y").date()

    for name, change in (
        ("serial numbers", lambda text: str((as_day(text) - dt.date(1899, 12, 30)).days)), ("ISO", lambda text: str(as_day(text))),
        ("months first", lambda text: f"{as_day(text):%m/%d/%Y}"), ("two digits", lambda text: f"{as_day(text):%d/%m/%y}"),
        ("with times", lambda text: f"{text} 00:00"), ("no zeros", lambda text: f"{as_day(text).day}/{as_day(text).month}/{as_day(text).year}"),
        ("in words", lambda text: f"{as_day(text):%d-%b-%Y}"),
        ("a year of three digits", lambda text: text.replace("2018", "201")), ("########", lambda _: "########"),
    ):  # fmt: skip
        for where, rows in (
            ("everywhere", slice(None)),
            ("from the tenth row on", slice(9, None)),
            ("in one row", slice(1, 2)),
        ):
            says = without(clean, rows) if name == "months first" else clean
            yield _said("days", f"{name}, {where}", changed(clean, column, change, rows), says)


def workbook(lines: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    for line in lines:
        sheet.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _workbooks(clean: Clean, column: int) -> Iterator[Polluted]:
    """The same as workbooks; what is written there is no text, but what a spreadsheet makes of it."""

    def lines(change: Callable[[str], object], rows: slice = slice(None)) -> list[list[object]]:
        which = range(len(clean.rows))[rows]
        found: list[list[object]] = [list(clean.header)]
        for at, row in enumerate(clean.rows):
            found.append([int(t) if t.isdigit() else t or None for t in row])
            if at in which:
                found[-1][column] = change(row[column])
        return found

    for name, change in (
        ("numbers", int), ("text", str), ("decimals", lambda text: float(text) + 0.0), ("halves", lambda text: int(text) + 0.5),
        ("nearly whole", lambda text: int(text) + 1e-9), ("a formula never computed", lambda text: f"={text}+0"),
        ("#REF!", lambda _: "#REF!"), ("true", lambda _: True), ("a day", lambda text: dt.date(1900, 1, 1) + dt.timedelta(days=int(text))),
        ("a time", lambda _: dt.time(12, 30)), ("a span", lambda text: dt.timedelta(days=int(text))), ("blanks", lambda text: f" {text}\u00a0"), ("nothing", lambda _: None),
        ("text with commas", lambda text: f"{int(text):,}"), ("1e20", lambda _: 1e20), ("negative", lambda text: -int(text) - 1),
    ):  # fmt: skip
        for where, rows in (("everywhere", slice(None)), ("in one row", slice(1, 2))):
            says = without(clean, rows) if name in ("negative", "1e20") else clean
            yield Polluted("workbooks", f"{name}, {where}", workbook(lines(change, rows)), says, "xlsx")
    good = lines(int)
    for name, content in (
        ("a title above", [["A title"], *good]), ("an empty row above", [[], *good]), ("a note below", [*good, ["Source: police"]]),
        ("twice", [*good, *good]), ("a column more", [[*row, 7] for row in good]), ("an empty column before", [[None, *row] for row in good]),
    ):  # fmt: skip
        yield Polluted("workbooks", name, workbook(content), clean, "xlsx")
