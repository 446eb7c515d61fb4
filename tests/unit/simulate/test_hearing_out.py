"""The output that a walker hears: forwards all, and tells when a beat really sounded."""

from __future__ import annotations

import pytest

from rascue.audio.base import ScheduledSound
from rascue.audio.settings import AudioOutSettings
from rascue.audio.stepped_out import SteppedOut
from rascue.core.clock import NS_PER_S, after
from rascue.core.types import AudioState, BeatOutcome, DacFrame, EngineNs
from rascue.simulate.hearing_out import FailingOut, HearingOut
from rascue.simulate.scenario import DeviceFault, FaultKind

START = EngineNs(5 * NS_PER_S)
SETTINGS = AudioOutSettings(rate_hz=48_000, latency_s=0.03, latency_sd_s=0.0)


def at(seconds: float) -> EngineNs:
    return after(START, seconds)


def beat(index: int, second: float, level_dbfs: float = -18.0) -> ScheduledSound:
    return ScheduledSound(index, DacFrame(round(48_000 * second)), "click", False, level_dbfs)


def heard_by(level_dbfs: float = -18.0, error_s: float = 0.0) -> list[EngineNs]:
    heard: list[EngineNs] = []
    out = HearingOut(SteppedOut("inner", SETTINGS), heard.append, error_s)
    out.open(START)
    out.schedule(beat(0, 1.0, level_dbfs))
    out.poll(at(0.9))
    assert heard == []
    out.poll(at(1.1))
    out.close()
    return heard


def test_a_beat_is_heard_at_its_frame_plus_the_latency() -> None:
    assert heard_by() == [at(1.03)]


def test_an_error_of_the_calibration_is_heard_but_not_reported() -> None:
    assert heard_by(error_s=0.02) == [at(1.05)]


def test_a_beat_too_soft_to_hear_is_not_heard() -> None:
    assert heard_by(level_dbfs=-58.0) == []


def test_a_cancelled_beat_is_not_heard() -> None:
    heard: list[EngineNs] = []
    out = HearingOut(SteppedOut("inner", SETTINGS), heard.append)
    out.open(START)
    out.schedule(beat(0, 1.0))
    out.cancel_from(DacFrame(0))
    out.poll(at(2.0))
    assert heard == []


def test_stop_silences_the_output_inside() -> None:
    heard: list[EngineNs] = []
    out = HearingOut(SteppedOut("inner", SETTINGS), heard.append)
    out.open(START)
    out.schedule(beat(0, 1.0))
    out.poll(at(0.5))
    out.fade_all(0.005)
    status = out.poll(at(2.0))
    assert [report.outcome for report in status.played] == [BeatOutcome.CANCELLED]
    assert heard == []


def test_the_engine_sees_what_the_output_inside_states() -> None:
    inner = SteppedOut("inner", SETTINGS)
    assert HearingOut(inner, lambda _: None).capabilities == inner.capabilities


def test_a_lost_device_plays_nothing_and_comes_back() -> None:
    gone = DeviceFault(kind=FaultKind.AUDIO_LOST, at_s=1.0, for_s=2.0)
    out = FailingOut(SteppedOut("inner", SETTINGS), [gone], START)
    out.open(START)
    assert out.poll(at(0.9)).state is AudioState.RUNNING
    lost = out.poll(at(1.0))
    assert (lost.state, lost.clock) == (AudioState.LOST, None)
    out.schedule(beat(0, 1.5))
    assert out.poll(at(2.9)).played == ()
    back = out.poll(at(3.0))
    assert back.state is AudioState.RUNNING
    assert back.clock is not None
    assert back.clock.to_engine(0) == pytest.approx(at(3.0), abs=1000)
