from __future__ import annotations

import pytest

from rascue.core.events import Tick
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CueDecision,
    DacFrame,
    EngineNs,
    PlayedBeat,
    Side,
    StepEvent,
    StepRefined,
)
from rascue.export.dictionary import TABLES
from rascue.export.tables import rows
from tests.store.samples import some_items

START_NS = 1_000_000_000
"""As in the header of the samples."""


def named(reader, table):
    names = [column.name for column in TABLES[table]]
    return [dict(zip(names, row, strict=True)) for row in rows(reader, table)]


def stored_outputs(stored, *outputs):
    return stored([(Tick(EngineNs(START_NS)), list(outputs))])


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_rows_and_all_columns(stored, table):
    assert len(named(stored(some_items(25)), table)) == 5


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_session_has_empty_tables(stored, table):
    assert named(stored([]), table) == []


def test_times_count_from_the_start_of_the_session(stored):
    at = EngineNs(START_NS + 1_234_567_890)
    step = StepEvent(0, at, EngineNs(at + 60_000_000), Side.LEFT, 0.9, "waist")
    (row,) = named(stored_outputs(stored, step), "steps")
    assert (row["contact_s"], row["contact_ns"]) == (1.234568, at)
    assert row["detection_delay_s"] == 0.06
    assert (row["refined_contact_s"], row["side"]) == (None, "L")


def test_a_refined_step_shows_both_times_and_the_later_side(stored):
    at, later = EngineNs(START_NS), EngineNs(START_NS + 10_000_000)
    first = StepEvent(4, at, at, Side.UNKNOWN, 0.9, "a")
    other = StepEvent(4, at, at, Side.LEFT, 0.9, "b")
    reader = stored_outputs(stored, first, other, StepRefined(4, later, later, Side.RIGHT, "a"))
    found = [(r["contact_s"], r["refined_contact_s"], r["side"]) for r in named(reader, "steps")]
    assert found == [(0.0, 0.01, "R"), (0.0, None, "L")]


def test_a_beat_shows_what_became_of_it(stored):
    due = EngineNs(START_NS + 500_000_000)
    beats = [Beat(k, due, DacFrame(100 * k), 0.5, "click", k == 0, -18.0, 7) for k in range(3)]
    played = PlayedBeat(0, DacFrame(0), EngineNs(due + 1000), 0.0005, BeatOutcome.PLAYED)
    cancelled = PlayedBeat(1, DacFrame(100), None, 0.0, BeatOutcome.CANCELLED)
    found = named(stored_outputs(stored, *beats, played, cancelled), "beats")
    assert [row["outcome"] for row in found] == ["played", "cancelled", None]
    assert [row["sound_s"] for row in found] == [0.500001, None, None]
    assert [row["sound_sd_s"] for row in found] == [0.0005, None, None]
    assert [row["accent"] for row in found] == [1, 0, 0]
    assert {row["decision_index"] for row in found} == {7}


def test_a_decision_without_reasons_and_without_sound(stored):
    decision = CueDecision(EngineNs(START_NS), "", 0, None, None, 0.0, -18.0, ())
    (row,) = named(stored_outputs(stored, decision), "decisions")
    assert (row["program_block"], row["wanted_spm"], row["allowed_spm"]) == (1, None, None)
    assert (row["reason_codes"], row["reasons"]) == ("", "")
