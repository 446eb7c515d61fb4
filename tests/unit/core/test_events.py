from __future__ import annotations

from typing import get_args

from rascue.core.clockmap import ClockMap
from rascue.core.events import (
    CancelFrom,
    CloseSession,
    FadeAll,
    Record,
    Reply,
    ScheduleBeat,
    records_among,
)
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Beat, DacFrame, EngineNs, Note
from rascue.store.schema import RECORD_TABLES

BEAT = Beat(0, EngineNs(1), DacFrame(2), 0.5, "click", accent=False, level_dbfs=-18.0,
            decision_index=0)  # fmt: skip


def test_records_are_picked_in_order_and_nothing_else():
    note, fault = Note(EngineNs(1), "mark", "x"), Fault(EngineNs(2), FaultCode.SENSOR_GAP, True)
    effects = [
        FadeAll(0.005), note, ScheduleBeat(BEAT), BEAT, CancelFrom(DacFrame(1)),
        Reply("a", ok=True, text=""), fault, CloseSession(),
    ]  # fmt: skip
    assert records_among(effects) == [note, BEAT, fault]


def test_every_record_has_a_table():
    assert set(get_args(Record)) == set(RECORD_TABLES)


def test_a_clock_map_is_no_record():
    assert ClockMap not in get_args(Record)
