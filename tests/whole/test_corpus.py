"""Files of a polluted corpus, a few of each kind: read right or refused with a reason, never wrong in silence.

All of them are read by `make faults`, in tests/faults/test_corpus.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.corpus import RFC, Polluted, benchmark
from tests.corpus_tables import CONTRACTS, INCIDENTS, Contract
from tests.outcomes import GOOD, REFUSED, RIGHT, Reader, corpus, judged, office

pytestmark = pytest.mark.whole

CHECKED = (
    "two releases joined",
    "two releases joined, one header",
    "with U+2212, in one row",
    "negative, in one row",
)
"""What only the expectations on all figures find."""


def _some(files: list[Polluted], step: int) -> Iterator[Polluted]:
    """The first of each kind, and one in so many; none of those that take seconds."""
    seen: set[str] = set()
    for at, file in enumerate(files):
        if (file.kind not in seen or at % step == 0) and len(file.content) < 1 << 20:
            seen.add(file.kind)
            yield file


@pytest.mark.parametrize("of", CONTRACTS, ids=lambda of: of.name)
def test_no_file_of_the_corpus_is_read_wrong_in_silence(tmp_path, of: Contract):
    files = [*_some(corpus(of), 500), *(file for file in _some(office(of), 15) if file.name not in CHECKED)]
    found = list(Reader(of, tmp_path / "reader", checked=False).outcomes(files))
    assert [one for one in found if one.verdict not in GOOD] == []
    assert {RIGHT, REFUSED} <= {one.verdict for one in found}


def test_figures_that_two_releases_in_one_file_contradict_and_negative_counts_are_refused(tmp_path):
    of = CONTRACTS[-1]
    files = [file for file in office(of) if file.name in CHECKED]
    found = list(Reader(of, tmp_path / "reader").outcomes(files))
    assert len(found) == len(CHECKED)
    assert [one for one in found if one.verdict not in GOOD] == []


def test_the_corpus_is_as_large_as_the_benchmark_and_its_table_is_read_as_it_is_written(tmp_path):
    assert len(list(benchmark(INCIDENTS))) == 2_290
    found = Reader(CONTRACTS[0], tmp_path / "reader", checked=False).table(RFC.text(INCIDENTS).encode())
    assert found.problems == []
    said = {
        (f"{day:%d/%m/%Y}", offence, value) for day, _, _, offence, _, _, _, _, value, *_ in found.figures
    }
    assert said == {(row[0], row[5], int(row[2])) for row in INCIDENTS.rows}
    assert found.figures.total() == len(INCIDENTS.rows)


def test_a_wrong_figure_a_lost_one_and_a_refusal_without_a_reason_would_be_found(tmp_path):
    reader = Reader(CONTRACTS[0], tmp_path / "reader", checked=False)
    fewer = INCIDENTS.of(*INCIDENTS.rows[:-1])
    read = reader.table(RFC.text(INCIDENTS).encode())
    assert judged(read, reader.said(fewer))[0] == "WRONG IN SILENCE"
    assert judged(reader.table(RFC.text(fewer).encode()), reader.said(INCIDENTS))[0] == "LOST IN SILENCE"
