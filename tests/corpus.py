"""Some two thousand polluted versions of one good CSV: every pollution of the Pollock benchmark (Vitagliano
and others, VLDB 2023) and those of its first edition, made anew from tables of our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Clean:
    """A table that is written as a good CSV; cells of the columns ``quoted`` are always quoted."""

    header: Cells
    rows: tuple[Cells, ...]
    quoted: frozenset[int] = frozenset()

    @property
    def lines(self) -> tuple[Cells, ...]:
        return (self.header, *self.rows)

    def of(self, *rows: Cells) -> Clean:
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Polluted:
    """A spoilt file, and the table that it says: no other figures may be read of it."""

    kind: str
    name: str
    content: bytes
    says: Clean
    suffix: str = "csv"


@dataclass(frozen=True)
class Form:
    """How a table is written."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    """What stands before a quotation mark in a quoted cell; if nothing is said, another one."""
    end: str = "\r\n"

    def cell(self, text: str, is_quoted: bool = False) -> str:
        if is_quoted or any(sign in text for sign in (self.delimiter.strip() or " ", self.quote, "\n", "\r")):
            escape = self.quote if self.escape is None else self.escape
            return self.quote + text.replace(self.quote, escape + self.quote) + self.quote
        return text

    def cells(self, clean: Clean) -> list[list[str]]:
        return [[self.cell(t, at in clean.quoted) for at, t in enumerate(line)] for line in clean.lines]

    def line(self, cells: list[str]) -> str:
        return self.delimiter.join(cells) + self.end

    def text(self, clean: Clean) -> str:
        return "".join(self.line(cells) for cells in self.cells(clean))


RFC = Form()
_Line = Callable[[list[str]], str]


def edited(clean: Clean, number: int, line: _Line) -> bytes:
    """The table with one line, counted from 0 for the header, written in another way."""
    written = RFC.cells(clean)
    lines = [line(cells) if at == number else RFC.line(cells) for at, cells in enumerate(written)]
    return "".join(lines).encode()


def benchmark(clean: Clean) -> Iterator[Polluted]:
    """The files of the benchmark as it was published: for 9 columns and 83 rows 2,290."""
    text = RFC.text(clean)

    def made(kind: str, name: str, content: str, says: Clean = clean) -> Polluted:
        return Polluted(kind, name, content.encode(), says)

    head, body = text.split(RFC.end, 1)
    yield made("as it is", "source", text)
    yield made("cut or empty", "no payload", "", clean.of())
    yield made("end of the file", "no line end at the end", text.removesuffix(RFC.end))
    yield made("end of the file", "two line ends at the end", text + RFC.end)
    yield made("header", "no header", body)
    yield made("header", "header of two rows", head + RFC.end + text)
    yield made("header", "header of three rows", (head + RFC.end) * 2 + text)
    yield made("header", "a preamble", _row("PREAMBLE", clean) + _row("", clean) + text)
    yield from _two_tables(clean)
    yield made("cut or empty", "header only", head + RFC.end, clean.of())
    yield made("cut or empty", "one row", RFC.text(clean.of(clean.rows[0])), clean.of(clean.rows[0]))
    yield from _each_row(clean)
    for name, end in (("LF", "\n"), ("CR", "\r")):
        yield made("line ends", f"lines end in {name}", replace(RFC, end=end).text(clean))
    for delimiter in (";", "\t", ", ", " "):
        yield made("delimiter", f"delimited by {delimiter!r}", replace(RFC, delimiter=delimiter).text(clean))
    yield made("quotation marks", "quoted by apostrophes", replace(RFC, quote="'").text(clean))
    yield made("quotation marks", "escaped by backslashes", replace(RFC, escape="\\").text(clean))
    yield made("quotation marks", "not escaped", replace(RFC, escape="").text(clean))


def _row(first: str, clean: Clean, cells: int = 0) -> str:
    return RFC.line([first, *[""] * ((cells or len(clean.header)) - 1)])


def _two_tables(clean: Clean) -> Iterator[Polluted]:
    text, width = RFC.text(clean), len(clean.header)
    second = RFC.cells(clean)[:-1]
    again = clean.of(*clean.rows, *clean.rows[:-1])  # two tables of one header say what both say
    for name, columns, says in (
        ("less", width - 1, clean),
        ("same", width, again),
        ("more", width + 1, clean),
    ):
        lines = [[*cells, cells[-1] if at else "col1"][:columns] for at, cells in enumerate(second)]
        content = text + "".join(map(RFC.line, lines))
        yield Polluted("two tables", f"a second table of {name} columns", content.encode(), says)


def _each_row(clean: Clean) -> Iterator[Polluted]:
    """One line is spoilt: a delimiter or a quotation mark too many or too few in each of its cells."""
    for number in range(len(clean.lines)):
        says = clean if number == 0 else clean.of(*clean.rows[: number - 1], *clean.rows[number:])

        def made(kind: str, name: str, line: _Line, number: int = number, says: Clean = says) -> Polluted:
            return Polluted(kind, f"row {number}{name}", edited(clean, number, line), says)

        for at in range(len(clean.header)):
            yield made(
                "a delimiter too many in a row", f", column {at}: a delimiter more",
                lambda cells, at=at: RFC.line([*cells[:at], "", *cells[at:]]),
            )  # fmt: skip
            if at:
                yield made(
                    "a delimiter too few in a row", f", column {at}: a delimiter less",
                    lambda cells, at=at: RFC.line([*cells[: at - 1], cells[at - 1] + cells[at], *cells[at + 1 :]]),
                )  # fmt: skip
            yield made(
                "a quotation mark too many", f", column {at}: a quotation mark more",
                lambda cells, at=at: RFC.line([*cells[:at], _opened(cells[at]), *cells[at + 1 :]]),
            )  # fmt: skip
        yield made(
            "a row with another delimiter", ": delimited by a blank",
            lambda cells: replace(RFC, delimiter=" ").line(cells),
        )  # fmt: skip


def _opened(cell: str) -> str:
    """A cell with one more quotation mark at the beginning of its text."""
    return f'""{cell[1:]}' if cell.startswith('"') else f'"{cell}'


def first_edition(clean: Clean) -> Iterator[Polluted]:
    """What the first edition of the benchmark has beyond: sizes, preambles and footnotes, single rows and cells."""
    yield from _sizes(clean)
    yield from _above_and_below(clean)
    yield from _headers(clean)
    text = RFC.text(clean)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "euc-kr", "cp949", "latin-1", "cp500"):
        try:
            content = text.encode(encoding)
        except UnicodeEncodeError:
            content = text.encode("utf-8").decode("latin-1").encode("utf-8")
            encoding = "utf-8 twice"
        yield Polluted("encoding", f"in {encoding}", content, clean)
    for delimiter in ("|", ":", "\t\t", "\\t"):
        content = replace(RFC, delimiter=delimiter).text(clean).encode()
        yield Polluted("delimiter", f"delimited by {delimiter!r}", content, clean)
    yield Polluted(
        "quotation marks", "quoted by mark and blank", replace(RFC, quote='" ').text(clean).encode(), clean
    )
    everywhere = replace(clean, quoted=frozenset(range(len(clean.header))))
    yield Polluted("quotation marks", "every cell quoted", RFC.text(everywhere).encode(), clean)
    for number in (1, 2, len(clean.rows) // 2, len(clean.rows)):
        yield from _rows(clean, number)


def _sizes(clean: Clean) -> Iterator[Polluted]:
    lines, width = RFC.cells(clean), len(clean.header)
    cut = RFC.text(clean).encode()
    for share in (0.1, 0.37, 0.5, 0.77, 0.99):
        size = int(len(cut) * share)
        whole = cut[:size].count(b"\r\n")
        says = clean.of(*clean.rows[: max(whole - 1, 0)])
        yield Polluted("cut or empty", f"cut after {size} bytes", cut[:size], says)
    one = "".join(RFC.line(cells[:1]) for cells in lines)
    yield Polluted("other columns", "one column", one.encode(), clean.of())
    for columns in (width + 1, 1024, 17_000):
        more = [f"col{at}" for at in range(columns - width)]
        written = [cells + (more if at == 0 else [cells[-1]] * len(more)) for at, cells in enumerate(lines)]
        yield Polluted("other columns", f"{columns} columns", "".join(map(RFC.line, written)).encode(), clean)
    last = RFC.line(lines[-1]) * 70_000
    says = clean.of(*clean.rows, *[clean.rows[-1]] * 70_000)
    yield Polluted("many rows", "70,000 rows more", (RFC.text(clean) + last).encode(), says)


def _above_and_below(clean: Clean) -> Iterator[Polluted]:
    text, width = RFC.text(clean), len(clean.header)
    for word, kind in (("PREAMBLE", "header"), ("FOOTNOTE", "rows below")):
        for count in (1, 3):
            for cells in (1, width):
                for blank in ("", RFC.end, _row("", clean)):
                    rows = _row(word, clean, cells) * count
                    content = rows + blank + text if kind == "header" else text + blank + rows
                    name = f"{count} rows {word} of {cells} cells, {'' if blank else 'no '}blank{len(blank)}"
                    yield Polluted(kind, name, content.encode(), clean)
    total = RFC.line(["Total", *[""] * (width - 2), "1794"])
    yield Polluted("rows below", "a total", (text + total).encode(), clean)


def _headers(clean: Clean) -> Iterator[Polluted]:
    width = len(clean.header)
    body = RFC.text(clean).split(RFC.end, 1)[1]
    for at in (0, 1, width // 2, width - 1):
        for name, label in (
            ("another", "HEADER"), ("empty", ""), ("with signs", "HEAD/%R"), ("the next one's", clean.header[at - 1]),
            ("of a megabyte", "HEADER" * 200_000), ("with a line break", f'"{clean.header[at]}\r\nHEADER"'),
            ("with blanks", f"  {clean.header[at]}  "), ("in capitals", clean.header[at].upper()),
        ):  # fmt: skip
            labels = [RFC.cell(text) for text in clean.header]
            labels[at] = label
            content = RFC.line(labels) + body
            yield Polluted("header", f"label {at} {name}", content.encode(), clean)
    upside = [*clean.header[1:], clean.header[0]]
    yield Polluted("header", "labels moved by one", (RFC.line(upside) + body).encode(), clean.of())
    yield Polluted("header", "a blank line above", (RFC.end + RFC.text(clean)).encode(), clean)


def _rows(clean: Clean, number: int) -> Iterator[Polluted]:
    others = clean.of(*clean.rows[: number - 1], *clean.rows[number:])

    def made(kind: str, name: str, line: _Line, says: Clean = others) -> Polluted:
        return Polluted(kind, f"row {number}: {name}", edited(clean, number, line), says)

    for count in (0, 1, 5, 15):
        yield made(
            "a row of other length", f"{count} cells",
            lambda cells, count=count: RFC.line([*cells, *[cells[-1]] * 15][:count]),
            clean if count == len(clean.header) else others,
        )  # fmt: skip
    for end in ("\n", "\r", "", "\r\r\n"):
        says = clean if end in ("\n", "\r\r\n") or (number == len(clean.rows)) else others
        yield made(
            "line ends",
            f"ends in {end!r}",
            lambda cells, end=end: replace(RFC, end=end).line(cells),
            clean if end else says,
        )
    for delimiter in (";", "|", "\t", ":"):
        other = replace(RFC, delimiter=delimiter)
        yield made("a row with another delimiter", f"delimited by {delimiter!r}", other.line)
    row = clean.rows[number - 1]
    for name, form in (("apostrophes", replace(RFC, quote="'")), ("backslashes", replace(RFC, escape="\\"))):
        every = [form.cell(text, is_quoted=True) for text in row]
        yield made("quotation marks", f"quoted, {name}", lambda _, every=every, form=form: form.line(every),
                   clean if not any('"' in text for text in row) and form.quote == '"' else others)  # fmt: skip
        escaped = [form.cell(text + form.quote, is_quoted=True) for text in row]
        yield made("quotation marks", f"marks in all cells, {name}", lambda _, cells=escaped: RFC.line(cells))
