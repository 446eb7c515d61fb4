import json

import pytest

from rascue.config.program import load_program, shipped_programs
from rascue.core.faults import Effect, FaultCode
from rascue.core.types import (
    AudioState,
    CadenceStatus,
    ProgramStep,
    SessionState,
    StepKind,
    Target,
    TargetKind,
)
from rascue.dashboard.words import (
    STRATEGIES,
    block_words,
    live_view,
    minutes,
    program_policies,
    target_words,
)
from rascue.link.messages import FaultNote, SensorLamp, SensorState, Snapshot, SoundLamp
from rascue.registry import Kind, names


def view(**changes):
    return live_view(
        Snapshot(
            **{
                "seq": 0,
                "at_ns": 0,
                "state": SessionState.CUEING,
                "session_id": "s",
                "cadence_spm": 101.4,
                "cadence_status": CadenceStatus.STEADY,
                "target_spm": 104.0,
                "cue_spm": 102.0,
                "consistency_r": 0.93,
                "asynchrony_mean_ms": -32.4,
                "locked": True,
                "sensor": SensorLamp(state=SensorState.RUNNING, text="simulated walker"),
                "sound": SoundLamp(state=AudioState.RUNNING, text="speaker", audible=True),
            }
            | changes
        )
    )


def test_numbers_are_whole_and_unknown_is_a_dash():
    assert (view()["cadence"], view()["target"], view()["cue"]) == ("101", "104", "102")
    nothing = view(cadence_spm=None, target_spm=None, cue_spm=None)
    assert [nothing[key] for key in ("cadence", "target", "cue", "gap")] == ["—", "—", "—", ""]


@pytest.mark.parametrize(
    ("cadence", "says"),
    [(101.4, "3 below target"), (104.4, "on target"), (110.0, "6 above target")],
)
def test_the_distance_to_the_target_fits_the_numbers_shown(cadence, says):
    assert view(cadence_spm=cadence)["gap"] == says


@pytest.mark.parametrize(
    ("changes", "says", "tone"),
    [
        ({}, "Walking with the beat", "ok"),
        ({"locked": False}, "Not with the beat yet", "off"),
        ({"consistency_r": None}, "Listening for steps", "ok"),
        ({"cue_spm": None}, "No beat to walk with", "off"),
    ],
)
def test_synchrony_in_words(changes, says, tone):
    assert (view(**changes)["sync"], view(**changes)["sync_tone"]) == (says, tone)


@pytest.mark.parametrize(
    ("r", "mean_ms", "says"),
    [
        (0.93, -32.4, "very even (R 0.93), steps 32 ms before the beat"),
        (0.80, 45.0, "even (R 0.80), steps 45 ms after the beat"),
        (0.60, 5.0, "somewhat uneven (R 0.60), steps on the beat"),
        (0.0, None, "uneven (R 0.00)"),
    ],
)
def test_quality_in_words_with_its_number(r, mean_ms, says):
    assert view(consistency_r=r, asynchrony_mean_ms=mean_ms)["sync_detail"] == says


def test_every_state_has_words():
    for state in SessionState:
        assert view(state=state)["state_text"]
    stopped = view(state=SessionState.SILENT, stopped=True)
    assert stopped["state_text"] == "Stopped, no beat"
    assert stopped["can_resume"]


@pytest.mark.parametrize("state", [SessionState.IDLE, SessionState.ENDED])
def test_outside_a_session_there_is_nothing_to_resume(state):
    shown = view(state=state, session_id=None)
    assert (shown["in_session"], shown["session"], shown["can_resume"]) == (False, None, False)


def test_a_simulated_sensor_is_marked():
    assert view()["is_demo"]
    chip = SensorLamp(state=SensorState.RUNNING, text="LSM6DSOX on bus 1")
    assert not view(sensor=chip)["is_demo"]


def test_lamps():
    for state in SensorState:
        assert view(sensor=SensorLamp(state=state, text="x"))["sensor"]["tone"]
    unheard = SoundLamp(state=AudioState.RUNNING, text="file", audible=False)
    assert view(sound=unheard)["sound"] == {"tone": "warn", "text": "file, not heard"}


@pytest.mark.parametrize("effect", list(Effect))
def test_faults_have_a_tone_by_their_effect(effect):
    note = FaultNote(code=FaultCode.SENSOR_GAP, effect=effect, text="t", remedy="r")
    tone = view(faults=(note,))["faults"][0]["tone"]
    expected = {Effect.NOTE: "note", Effect.WARN: "warn"}.get(effect, "bad")
    assert tone == expected


def test_the_view_is_plain_json():
    note = FaultNote(code=FaultCode.SENSOR_GAP, effect=Effect.HOLD, text="t", remedy="r")
    shown = view(faults=(note,))
    assert json.loads(json.dumps(shown)) == shown


@pytest.mark.parametrize(
    ("seconds", "says"), [(0, "0:00"), (59.6, "1:00"), (365, "6:05"), (-1, "0:00")]
)
def test_minutes(seconds, says):
    assert minutes(seconds) == says


def test_targets_in_words():
    own = Target(TargetKind.PERCENT_OF_BASELINE, 100.0, 110.0)
    assert target_words(own) == "100 to 110 % of own tempo"
    assert target_words(Target(TargetKind.ABSOLUTE, 96.0)) == "96 steps/min"
    assert target_words(None) == "—"


def test_every_installed_policy_has_plain_words():
    assert set(names(Kind.STRATEGY)) <= set(STRATEGIES)


def test_shipped_programmes_read_as_words():
    for path in shipped_programs().values():
        program = load_program(path)
        assert not set(program_policies(program).split(", ")) & set(STRATEGIES)
        assert all(block_words(step)["title"] for step in program.steps)


def test_a_block_without_beat_says_so():
    words = block_words(ProgramStep(StepKind.REST, 90.0))
    assert words["title"] == "Rest"
    assert (words["length"], words["policy"], words["target"]) == ("1:30", "—", "—")
