"""The account of ears across sessions and restarts of the engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rascue.core.faults import FaultCode
from rascue.core.types import EngineNs, Note, SoundDose
from rascue.session.hearing_account import HearingAccount
from rascue.store.hearing_ledger import FILE_NAME, HearingLedger
from tests.store.samples import a_header

NOW_S = 1_800_000_000
DOSE = SoundDose(EngineNs(5), 0.01, 0.2, True, None)


def account_on(folder: Path, told: list[FaultCode]) -> HearingAccount:
    ledger = HearingLedger(folder / FILE_NAME)
    return HearingAccount(ledger, lambda: NOW_S, lambda code, _raised, _detail: told.append(code))


def test_what_was_heard_is_known_to_the_next_session_also_after_a_kill(tmp_path: Path) -> None:
    told: list[FaultCode] = []
    killed = account_on(tmp_path, told)
    killed.begin(a_header("P-1"))
    killed.take([DOSE, Note(EngineNs(6), "mark", "x"), replace(DOSE, session_share=0.02)])
    again = account_on(tmp_path, told)  # nobody said goodbye
    assert again.used_before("P-1") == pytest.approx(0.02)
    assert again.used_before("P-2") == 0.0
    again.close()
    killed.close()
    assert not told


def test_outside_a_session_nothing_is_counted(tmp_path: Path) -> None:
    account = account_on(tmp_path, [])
    account.take([DOSE])
    assert account.used_before("P-1") == 0.0
    account.close()


def test_an_account_that_cannot_be_written_is_a_fault_and_no_end(tmp_path: Path) -> None:
    told: list[FaultCode] = []
    account = account_on(tmp_path / "missing", told)
    account.begin(a_header("P-1"))
    account.take([DOSE])
    assert told == [FaultCode.STORE_FAILED]
