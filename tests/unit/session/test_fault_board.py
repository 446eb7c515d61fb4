from __future__ import annotations

import pytest

from rascue.core.faults import FAULT_TABLE, Effect, Fault, FaultCode
from rascue.core.types import EngineNs
from rascue.session.fault_board import FaultBoard

NOW = EngineNs(5)
LATER = EngineNs(9)
LATCHED = [code for code in FaultCode if FAULT_TABLE[code].latched]


def test_a_condition_is_told_when_it_begins_and_when_it_ends():
    board = FaultBoard()
    assert board.update(NOW, FaultCode.SENSOR_GAP, True, "0.2 s") == [
        Fault(NOW, FaultCode.SENSOR_GAP, True, "0.2 s")
    ]
    assert board.update(LATER, FaultCode.SENSOR_GAP, True, "0.4 s") == []
    assert board.update(LATER, FaultCode.SENSOR_GAP, False) == [
        Fault(LATER, FaultCode.SENSOR_GAP, False)
    ]
    assert board.update(LATER, FaultCode.SENSOR_GAP, False) == []


def test_what_is_raised_comes_strongest_first():
    board = FaultBoard()
    for code in (FaultCode.AUDIO_SILENT, FaultCode.SENSOR_STALE, FaultCode.SENSOR_GAP):
        board.update(NOW, code, True)
    assert [fault.code for fault in board.raised] == [
        FaultCode.SENSOR_STALE, FaultCode.SENSOR_GAP, FaultCode.AUDIO_SILENT
    ]  # fmt: skip
    assert board.effect is Effect.HOLD


def test_an_empty_board_has_no_effect():
    assert FaultBoard().effect is Effect.NOTE
    assert FaultBoard().raised == ()


@pytest.mark.parametrize("code", sorted(set(FaultCode) - set(LATCHED)))
def test_most_faults_go_with_their_condition(code):
    board = FaultBoard()
    board.update(NOW, code, True)
    board.update(LATER, code, False)
    assert board.raised == ()


@pytest.mark.parametrize("code", LATCHED)
def test_a_latched_fault_waits_for_a_person(code):
    board = FaultBoard()
    board.update(NOW, code, True)
    assert board.update(LATER, code, False) == []
    assert board.clear(LATER, code) == [Fault(LATER, code, False, "cleared by a person")]
    assert board.raised == ()


def test_clearing_what_is_not_raised_changes_nothing():
    assert FaultBoard().clear(NOW, FaultCode.STORE_FAILED) == []
