"""The account of ears on disk: a rolling week, one line a session, safe against cuts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rascue.core.errors import StoreError
from rascue.store.hearing_ledger import WEEK_S, HearingLedger

NOW_S = 1_800_000_000


def test_a_week_adds_up_for_each_person_alone(tmp_path: Path) -> None:
    ledger = HearingLedger(tmp_path / "hearing.sqlite")
    ledger.keep("a", "P-1", NOW_S - WEEK_S - 1, 0.5)
    ledger.keep("b", "P-1", NOW_S - WEEK_S + 1, 0.1)
    ledger.keep("c", "P-1", NOW_S, 0.02)
    ledger.keep("c", "P-1", NOW_S, 0.03)
    ledger.keep("d", "P-2", NOW_S, 0.4)
    assert ledger.week_share("P-1", NOW_S) == pytest.approx(0.13)
    assert ledger.week_share("P-2", NOW_S) == pytest.approx(0.4)
    assert ledger.week_share("P-3", NOW_S) == 0.0
    ledger.close()


def test_a_clock_that_was_set_back_forgets_nothing(tmp_path: Path) -> None:
    ledger = HearingLedger(tmp_path / "hearing.sqlite")
    ledger.keep("a", "P-1", NOW_S, 0.3)
    assert ledger.week_share("P-1", NOW_S - 10 * WEEK_S) == pytest.approx(0.3)
    ledger.close()


def test_what_was_kept_is_there_after_a_power_cut(tmp_path: Path) -> None:
    """The files as they lie on disk, without any farewell, tell all that was kept."""
    ledger = HearingLedger(tmp_path / "hearing.sqlite")
    ledger.keep("a", "P-1", NOW_S, 0.25)
    cut = tmp_path / "cut"
    cut.mkdir()
    for file in tmp_path.glob("hearing.sqlite*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, cut)
    again = HearingLedger(cut / "hearing.sqlite")
    assert again.week_share("P-1", NOW_S) == pytest.approx(0.25)
    again.close()
    ledger.close()


def test_a_damaged_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "hearing.sqlite"
    path.write_bytes(b"this is no database, but long enough to be taken for one" * 100)
    with pytest.raises(StoreError, match=r"hearing\.sqlite"):
        HearingLedger(path).week_share("P-1", NOW_S)
