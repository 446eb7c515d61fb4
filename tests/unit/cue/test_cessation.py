"""Hold, then fade, then silence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from rascue.core.faults import Effect
from rascue.core.limits import HARD_LIMITS
from rascue.core.types import Reason
from rascue.cue import cessation
from rascue.cue.cessation import CueFacts, CueMode

LIMITS = replace(
    HARD_LIMITS,
    hold_max_s=8.0,
    fade_s=4.0,
    without_steps_max_s=10.0,
    cued_part_max_s=100.0,
    session_max_s=200.0,
)


def permission(**facts: object) -> cessation.Permission:
    return cessation.permission(CueFacts(**facts), -20.0, LIMITS)  # type: ignore[arg-type]


def test_bare_facts_are_no_trouble():
    assert CueFacts() == CueFacts(Effect.NOTE, 0.0, 0.0, 0.0, 0.0)


def test_modes_are_stored_by_these_words():
    assert [mode.value for mode in CueMode] == ["cue", "hold", "fade", "silent"]


def test_without_trouble_the_cue_goes_on_as_prescribed():
    assert cessation.permission(CueFacts(), -20.0, LIMITS) == cessation.Permission(
        CueMode.CUE, -20.0, ()
    )


@pytest.mark.parametrize("effect", [Effect.NOTE, Effect.WARN, Effect.NO_START])
def test_weak_faults_change_nothing_however_long(effect):
    assert permission(effect=effect, effect_s=1e6).mode is CueMode.CUE


def test_stop_is_silence_at_once():
    may = permission(effect=Effect.STOP)
    assert (may.mode, may.level_dbfs) == (CueMode.SILENT, -60.0)
    text = "A fault stopped the cue; a person must start it again."
    assert may.reasons == (Reason("stopped", text),)


@pytest.mark.parametrize(
    ("effect_s", "mode", "level_dbfs"),
    [
        (0.0, CueMode.HOLD, -20.0),
        (8.0, CueMode.HOLD, -20.0),
        (9.0, CueMode.FADE, -30.0),
        (11.0, CueMode.FADE, -50.0),
        (12.0, CueMode.SILENT, -60.0),
        (1e9, CueMode.SILENT, -60.0),
    ],
)
def test_lost_information_holds_then_fades_then_silences(effect_s, mode, level_dbfs):
    may = permission(effect=Effect.HOLD, effect_s=effect_s)
    assert may.mode is mode
    assert may.level_dbfs == pytest.approx(level_dbfs)
    held = Reason("holding", "Something is not as it should be: the tempo is held.")
    lost = Reason("held_too_long", "Information is still missing: the cue fades.")
    assert may.reasons == ((held if mode is CueMode.HOLD else lost),)


@pytest.mark.parametrize(
    ("effect_s", "mode"),
    [
        (0.0, CueMode.CUE),
        (math.nextafter(0, 1), CueMode.FADE),
        (math.nextafter(4.0, 0), CueMode.FADE),
        (4.0, CueMode.SILENT),
    ],
)
def test_a_fading_fault_fades_from_its_begin(effect_s, mode):
    assert permission(effect=Effect.FADE, effect_s=effect_s).mode is mode


def test_the_level_falls_evenly_in_db():
    may = permission(effect=Effect.FADE, effect_s=1.0)
    assert may.level_dbfs == pytest.approx(-30.0)
    assert may.reasons == (Reason("fault", "A fault lets the cue fade."),)


@pytest.mark.parametrize(
    ("field", "begin_s", "code", "text"),
    [
        (
            "without_steps_s",
            10.0,
            "no_steps",
            "No step for a while: the cue fades until the next one.",
        ),
        (
            "cued_s",
            96.0,
            "cued_part_over",
            "The longest cued part allowed is over: the cue fades.",
        ),
        (
            "session_s",
            196.0,
            "session_over",
            "The longest session allowed is over: the cue fades.",
        ),
    ],
)
def test_each_length_ends_in_a_fade(field, begin_s, code, text):
    assert permission(**{field: begin_s}).mode is CueMode.CUE
    fading = permission(**{field: begin_s + 2.0})
    assert (fading.mode, fading.level_dbfs) == (CueMode.FADE, pytest.approx(-40.0))
    assert fading.reasons == (Reason(code, text),)
    silent = permission(**{field: begin_s + 4.0})
    assert (silent.mode, silent.level_dbfs) == (CueMode.SILENT, -60.0)
    assert silent.reasons == (Reason(code, text),)


def test_the_fade_that_is_furthest_counts():
    may = permission(without_steps_s=11.0, cued_s=99.0, session_s=198.0)
    assert may.level_dbfs == pytest.approx(-50.0)
    assert [r.code for r in may.reasons] == ["cued_part_over"]


def test_holding_does_not_hide_another_fade():
    may = permission(effect=Effect.HOLD, effect_s=1.0, without_steps_s=12.0)
    assert may.mode is CueMode.FADE
