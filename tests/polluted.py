"""A small good CSV, spoilt in the ways in which CSV files are found spoilt (after the taxonomy of the
Pollock benchmark), each with what a strict reading of RFC 4180 makes of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

HEADER = ("date", "offence", "place", "cases")
ROWS = (
    ("2024-01-01", "Theft", "North", "15"),
    ("2024-01-02", "Fraud, online", "East", "1553"),
    ("2024-01-03", 'Arson "minor"', "West", "7"),
    ("2024-01-04", "Robbery", "", "204"),
    ("2024-01-05", "Assault", "South", "12"),
    ("2024-01-06", "Stalking", "North", "3"),
)


@dataclass(frozen=True)
class Polluted:
    """A spoilt file, and the rows that it may be read as; nothing else may be made of it but a refusal."""

    name: str
    content: bytes
    rows: tuple[tuple[str, ...], ...] = ROWS


def cell(text: str, delimiter: str = ",", quote: str = '"', escape: str | None = None) -> str:
    """A cell as it is written, between quotation marks where it needs them."""
    if any(sign in text for sign in (delimiter, quote, "\n", "\r")):
        return quote + text.replace(quote, (quote if escape is None else escape) + quote) + quote
    return text


def line(row: tuple[str, ...], delimiter: str = ",", quote: str = '"', escape: str | None = None) -> str:
    return delimiter.join(cell(text, delimiter, quote, escape) for text in row)


LINES = tuple(line(row) for row in (HEADER, *ROWS))


def joined(lines: tuple[str, ...] | list[str], end: str = "\n") -> bytes:
    return "".join(text + end for text in lines).encode()


def written(delimiter: str = ",", quote: str = '"', escape: str | None = None, end: str = "\n") -> bytes:
    return joined([line(row, delimiter, quote, escape) for row in (HEADER, *ROWS)], end)


GOOD = joined(LINES)


def polluted() -> Iterator[Polluted]:
    """Every kind of pollution, those of one row for each row and cell."""
    yield from _whole_files()
    for number in range(1, len(LINES)):
        yield from _rows(number)


def _whole_files() -> Iterator[Polluted]:
    body, header = LINES[1:], LINES[0]
    for name, end in (("crlf", "\r\n"), ("cr", "\r")):
        yield Polluted(f"line ends {name}", written(end=end))
    yield Polluted("mixed line ends", b"\r\n".join(GOOD.split(b"\n", 3)))
    yield Polluted("no line end at the end", GOOD.rstrip(b"\n"))
    yield Polluted("two line ends at the end", GOOD + b"\n")
    yield Polluted("blank lines between", joined([LINES[0], "", *LINES[1:3], "", "", *LINES[3:]]))
    yield Polluted("empty", b"")
    yield Polluted("header only", joined([header]), ())
    yield Polluted("no header", joined(body))
    yield Polluted("one row", joined(LINES[:2]), ROWS[:1])
    yield Polluted("byte order mark", b"\xef\xbb\xbf" + GOOD)
    yield Polluted("two byte order marks", b"\xef\xbb\xbf" * 2 + GOOD)
    for encoding in ("utf-16", "utf-16-le", "utf-32", "cp500"):
        yield Polluted(f"in {encoding}", GOOD.decode().encode(encoding))
    for name, delimiter in (("tab", "\t"), ("blank", " "), ("semicolon", ";"), ("comma and blank", ", ")):
        yield Polluted(f"delimited by {name}", written(delimiter=delimiter))
    for quote in "'`":
        yield Polluted(f"quoted by {quote}", written(quote=quote))
        everywhere = ["".join(f"{quote}{text}{quote}," for text in row)[:-1] for row in (HEADER, *ROWS)]
        yield Polluted(f"all quoted by {quote}", joined(everywhere))
        labels = [",".join((a, f"{quote}{b}{quote}", c, d)) for a, b, c, d in ROWS if "," not in b]
        yield Polluted(
            f"labels quoted by {quote}", joined([header, *labels]), tuple(r for r in ROWS if "," not in r[1])
        )
    yield Polluted("escaped by backslashes", written(escape="\\"))
    yield Polluted("not escaped", written(escape=""))
    yield Polluted("nothing quoted", joined([",".join(row) for row in (HEADER, *ROWS)]))
    yield Polluted("two header lines", joined([header, "day,type,where,number", *body]))
    yield Polluted("the header twice", joined([header, *LINES]))
    yield Polluted("a header in two lines", joined(["date,offence,place,", ",,,cases", *body]))
    yield Polluted("a title above", joined(["Offences of 2024", *LINES]))
    yield Polluted("a title and a blank line above", joined(["Offences of 2024,,,", ",,,", *LINES]))
    yield Polluted("a note below", joined([*LINES, "Source: police"]))
    yield Polluted("a note in as many cells below", joined([*LINES, "Source: police,,,"]))
    yield Polluted("a note in the second cell", joined([*LINES, ",Source: police,,"]))
    yield Polluted("a total below", joined([*LINES, "Total,,,1794"]))
    yield Polluted("a total of another kind below", joined([*LINES, "2024-01-06,Total,,1794"]))
    yield Polluted("rows of delimiters below", joined([*LINES, ",,,", ",,,"]))
    for name, other in (
        ("narrower", ("type,n", "Theft,3")),
        ("wider", ("a,b,c,d,e", "1,2,3,4,5")),
        ("as wide", ("day,type,where,number", "Monday,Theft,North,1")),
        ("the same", (header, "2024-01-01,Theft,North,99")),
    ):
        kept = (*ROWS, ("2024-01-01", "Theft", "North", "99")) if name == "the same" else ROWS
        yield Polluted(f"a second table, {name}", joined([*LINES, "", *other]), kept)
        yield Polluted(f"a second table, {name}, at once", joined([*LINES, *other]), kept)
    yield Polluted("a delimiter too many in each row", joined([header, *(text + "," for text in body)]))
    yield Polluted(
        "an empty column too many in each row",
        joined([header, *(text.replace(",", ",,", 1) for text in body)]),
    )
    yield Polluted("a delimiter too many in each line", joined([text + "," for text in LINES]))
    yield Polluted(
        "thousands not quoted",
        joined([header, *(f"{a},{b},,1,553" for a, b, c, d in ROWS if "," not in b)]),
        (),
    )
    yield Polluted("a column named twice", joined([header.replace("place", "offence"), *body]))
    yield Polluted("a column without a name", joined([header.replace("place", ""), *body]))
    yield Polluted("columns in another order", joined([line((c, b, a, d)) for a, b, c, d in (HEADER, *ROWS)]))
    yield Polluted("cut in a line", GOOD[:-6], ROWS[:-1])
    yield Polluted("cut in quotes", GOOD[: GOOD.index(b"minor")], ROWS[:2])


def _rows(number: int) -> Iterator[Polluted]:
    """One row is spoilt; the others may be read."""
    row, others = ROWS[number - 1], ROWS[: number - 1] + ROWS[number:]

    def with_line(name: str, text: str, rows: tuple[tuple[str, ...], ...] = others) -> Polluted:
        return Polluted(f"row {number}: {name}", joined([*LINES[:number], text, *LINES[number + 1 :]]), rows)

    good = LINES[number]
    cells = [cell(text) for text in row]
    for delimiter in "\t; |":
        yield with_line(f"delimited by {delimiter!r}", line(row, delimiter))
    yield with_line("delimited by comma and blank", ", ".join(cells), ROWS)
    yield with_line("a delimiter before it", "," + good)
    yield with_line("a delimiter behind it", good + ",")
    yield with_line("two delimiters behind it", good + ",,")
    yield with_line("NUL in it", good[:5] + "\0" + good[5:])
    if '"' not in good:
        yield with_line("a lone CR in it", good[:12] + "\r" + good[12:])
    yield with_line("its end missing", good + LINES[min(number + 1, len(LINES) - 1)])
    for at in range(len(cells)):
        less = [*cells[:at], "".join(cells[at : at + 2]), *cells[at + 2 :]]
        if at + 1 < len(cells):
            yield with_line(f"a delimiter less at {at}", ",".join(less))
            yield with_line(f"a delimiter more at {at}", ",".join([*cells[: at + 1], "", *cells[at + 1 :]]))
            shifted = [*cells[:at], "", *cells[at:]]
            yield with_line(
                f"a delimiter more at {at} and the last cell empty", ",".join([*shifted[:-1], ""])
            )
        for name, text in (("before", f'"{cells[at]}'), ("behind", f'{cells[at]}"')):
            yield with_line(f"a quotation mark {name} {at}", ",".join([*cells[:at], text, *cells[at + 1 :]]))
        if not cells[at].startswith('"'):
            quoted = ",".join([*cells[:at], f'"{cells[at]}"', *cells[at + 1 :]])
            yield with_line(f"quotation marks around {at}", quoted, ROWS)
            blank = ",".join([*cells[:at], f' "{cells[at]}"', *cells[at + 1 :]])
            yield with_line(f"a blank and quotation marks around {at}", blank)
    swallowed = [*cells[:1], '"' + cells[1].strip('"'), *cells[2:]]
    yield with_line("a quotation mark opened, and closed in the next", ",".join(swallowed))


def mutated(content: bytes, seed: int, count: int) -> Iterator[bytes]:
    """The content with a few random bytes changed, taken out or put in."""
    draw = random.Random(seed)
    signs = b",;\"'\n\r\t\\\0 \xff\xc3\x80019.-aZ"
    for _ in range(count):
        changed = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(len(changed))
            kind = draw.randrange(3)
            if kind == 0:
                changed[at] = draw.choice(signs)
            elif kind == 1:
                del changed[at]
            else:
                changed.insert(at, draw.choice(signs))
        yield bytes(changed)
