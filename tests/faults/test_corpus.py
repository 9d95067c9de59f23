"""The whole polluted corpus: every file is read right or refused with a reason, none is read wrong in silence."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import caseload
from tests.corpus_tables import CONTRACTS, Contract
from tests.outcomes import GOOD, REFUSED, Reader, all_outcomes, as_table, corpus

SECONDS = 30
"""What a file may take on a machine that does other things too."""


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("of", CONTRACTS, ids=lambda of: of.name)
def test_every_file_of_the_corpus_is_read_right_or_refused(
    tmp_path, of: Contract, say: Callable[[str], None]
):
    found = all_outcomes(of, tmp_path)
    say("\n" + as_table(found))
    assert [one for one in found if one.verdict not in GOOD] == []
    assert max(one.seconds for one in found) < SECONDS


@pytest.mark.faults
@pytest.mark.parametrize("of", CONTRACTS, ids=lambda of: of.name)
def test_the_command_says_the_same_of_a_sample(tmp_path: Path, of: Contract, dice: random.Random):
    reader = Reader(of, tmp_path / "reader")
    files = dice.sample([file for file in corpus(of) if 0 < len(file.content) < 1 << 20], 12)
    expected = list(reader.outcomes(files))
    folder = tmp_path / "raw" / "series"
    folder.mkdir(parents=True)
    shutil.copy(reader.source.folder / "source.yaml", folder)
    for at, file in enumerate(files):
        (folder / f"{at}.csv").write_bytes(file.content)
    for at, one in enumerate(expected):
        done = caseload(tmp_path, "check", f"raw/series/{at}.csv")
        is_refused = "would be quarantined" in done.stdout
        assert is_refused == (one.verdict == REFUSED) == (done.returncode == 1), (
            one,
            done.stdout,
            done.stderr,
        )
