"""Faults that the watch raises and takes back, each by its own input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.core.clock import after
from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus
from rascue.core.faults import FaultCode
from rascue.core.types import (
    AudioState,
    BeatOutcome,
    BlockFlag,
    DacFrame,
    EngineNs,
    ImuBlock,
    Placement,
    PlayedFrame,
    SensorConcern,
    SourceInfo,
)
from rascue.session.watch import (
    FAULT_OF_CONCERN,
    GAP_SHOWN_S,
    LATE_WINDOW_S,
    UNDERRUN_SHOWN_S,
    Watch,
)
from tests.unit.session.rig import a_config
from tests.unit.steps.walks import back_walk

WAIST = SourceInfo("waist", Placement.LOWER_BACK, 100.0, has_gyro=True)
POUCH = SourceInfo("pouch", Placement.LOWER_BACK, 100.0, has_gyro=True)
CONFIG = a_config()
ZERO = EngineNs(1_000_000_000)


def at(seconds: float) -> EngineNs:
    return after(ZERO, seconds)


def a_watch(*infos: SourceInfo) -> Watch:
    return Watch(CONFIG, infos or (WAIST,), ZERO)


def a_block(
    first_s: float, flags: BlockFlag = BlockFlag.NONE, source_id: str = "waist"
) -> ImuBlock:
    """Return 0.1 s of rest that begin at ``first_s``."""
    t_ns = np.array([at(first_s + 0.01 * k) for k in range(10)], dtype=np.int64)
    acc = np.tile(np.array([9.81, 0, 0], dtype=np.float32), (10, 1))
    return ImuBlock(source_id, 0, t_ns, acc, np.zeros_like(acc), flags=flags)


def a_status(seconds: float, state: AudioState = AudioState.RUNNING, underflows: int = 0,
             late: int = 0) -> AudioStatus:  # fmt: skip
    played = tuple(PlayedFrame(k, DacFrame(k), BeatOutcome.LATE) for k in range(late))
    clock = ClockMap(0, ZERO, 48_000.0, 0.0, 1)
    return AudioStatus(at(seconds), state, clock, played, underflows, 0.0, 0.0, "why")


def codes(watch: Watch) -> set[FaultCode]:
    """Return what is raised, but for that nobody has walked yet."""
    return {fault.code for fault in watch.board.raised} - {FaultCode.SENSOR_UNORIENTED}


# --- sensor ------------------------------------------------------------------------------------


def test_silence_from_the_beginning_is_stale_after_its_time():
    watch = a_watch()
    stale_s = CONFIG.engine.sensor_stale_s
    assert watch.tick(at(stale_s)) == []
    raised = watch.tick(at(stale_s + 0.01))
    assert [(fault.code, fault.detail) for fault in raised] == [(FaultCode.SENSOR_STALE, "waist")]


def test_one_sample_takes_staleness_back_at_the_next_tick():
    watch = a_watch()
    watch.tick(at(2))
    watch.take_block(a_block(2.0))
    watch.tick(at(2.2))
    assert codes(watch) == set()


def test_one_quiet_sensor_of_two_is_named():
    watch = a_watch(WAIST, POUCH)
    watch.take_block(a_block(1.5))
    watch.take_block(a_block(0.0, source_id="pouch"))
    watch.tick(at(2.0))
    stale = [fault for fault in watch.board.raised if fault.code is FaultCode.SENSOR_STALE]
    assert [fault.detail for fault in stale] == ["pouch"]
    assert watch.last_sample_ns == at(0.09)


def test_the_newest_sample_is_not_known_before_all_sensors_spoke():
    watch = a_watch(WAIST, POUCH)
    watch.take_block(a_block(0.0))
    assert watch.last_sample_ns is None


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (a_block(0.1), set()),
        (a_block(0.1 + CONFIG.engine.sensor_gap_s), {FaultCode.SENSOR_GAP}),
        (a_block(0.1, BlockFlag.GAP_BEFORE), {FaultCode.SENSOR_GAP}),
    ],
)
def test_missing_samples_are_told(second, told):
    watch = a_watch()
    watch.take_block(a_block(0.0))
    watch.take_block(second)
    assert codes(watch) == told


def test_a_gap_is_shown_for_a_while_and_the_next_one_anew():
    watch = a_watch()
    watch.take_block(a_block(0.0))
    watch.take_block(a_block(0.5))
    watch.tick(at(0.59 + GAP_SHOWN_S))
    assert codes(watch) == {FaultCode.SENSOR_GAP, FaultCode.SENSOR_STALE}
    watch.take_block(a_block(0.6, BlockFlag.GAP_BEFORE))
    watch.tick(at(0.7 + GAP_SHOWN_S))
    assert FaultCode.SENSOR_GAP not in codes(watch)
    watch.take_block(a_block(5.0))
    assert FaultCode.SENSOR_GAP in codes(watch)


def test_an_unlocked_clock_is_told_until_it_is_locked():
    watch = a_watch()
    watch.take_block(a_block(0.0, BlockFlag.TIME_UNLOCKED))
    assert codes(watch) == {FaultCode.TIME_UNLOCKED}
    watch.take_block(a_block(0.1))
    assert codes(watch) == set()


def test_how_a_sensor_is_worn_is_not_known_before_the_first_steps():
    watch = a_watch()
    assert watch.tick(at(0.1)) == []
    watch.take_block(a_block(0.0))
    (raised,) = watch.tick(at(0.2))
    assert (raised.code, raised.detail) == (FaultCode.SENSOR_UNORIENTED, "waist")
    walk, _ = back_walk()
    later = replace(walk, source_id="waist", t_ns=walk.t_ns + at(1.0))
    watch.take_block(later)
    cleared = [f for f in watch.tick(later.last_ns) if f.code is FaultCode.SENSOR_UNORIENTED]
    assert [fault.raised for fault in cleared] == [False]


def test_each_doubt_about_a_sensor_has_its_own_fault_and_names_the_sensor():
    assert set(FAULT_OF_CONCERN) == set(SensorConcern)
    stuck = replace(a_block(0.0), t_ns=np.array([at(0.01 * k) for k in range(400)]))
    stuck = replace(stuck, acc_mps2=np.tile(stuck.acc_mps2[:1], (400, 1)))
    watch = a_watch()
    _, faults = watch.take_block(replace(stuck, gyr_dps=np.zeros((400, 3), np.float32)))
    (fault,) = faults
    assert fault.code is FaultCode.SENSOR_STUCK
    assert fault.detail.startswith("waist: The sensor repeats one value")
    watch.take_block(replace(a_block(4.1), acc_mps2=a_block(0.0).acc_mps2 + np.float32(0.1)))
    assert FaultCode.SENSOR_STUCK not in codes(watch)


# --- sound -------------------------------------------------------------------------------------


def test_a_lost_output_is_told_with_its_words_until_it_returns():
    watch = a_watch()
    raised = watch.take_audio(a_status(0, AudioState.LOST))
    assert [(fault.code, fault.detail) for fault in raised] == [(FaultCode.AUDIO_LOST, "why")]
    watch.take_audio(a_status(1))
    assert codes(watch) == set()


def test_an_interruption_is_shown_for_a_while():
    watch = a_watch()
    watch.take_audio(a_status(0, underflows=3))
    assert codes(watch) == set()  # what happened before the session is none of its business
    watch.take_audio(a_status(1, underflows=4))
    assert codes(watch) == {FaultCode.AUDIO_UNDERRUN}
    watch.take_block(a_block(1 + UNDERRUN_SHOWN_S))
    watch.tick(at(1 + UNDERRUN_SHOWN_S))
    assert codes(watch) == {FaultCode.AUDIO_UNDERRUN}
    watch.tick(at(1.1 + UNDERRUN_SHOWN_S))
    assert codes(watch) == set()


def test_counting_anew_after_the_output_was_opened_again_is_no_interruption():
    watch = a_watch()
    watch.take_audio(a_status(0, underflows=5))
    watch.take_audio(a_status(1, underflows=0))
    assert codes(watch) == set()


def test_one_late_beat_is_told_and_forgotten():
    watch = a_watch()
    watch.take_audio(a_status(0, late=1))
    watch.take_block(a_block(0.0))
    watch.tick(at(0.1))
    assert codes(watch) == {FaultCode.BEAT_LATE}
    watch.tick(at(LATE_WINDOW_S + 0.1))
    assert FaultCode.BEAT_LATE not in codes(watch)


def test_many_late_beats_within_a_minute_are_grave_until_the_minute_has_passed():
    most = CONFIG.engine.beats_late_per_minute_max
    watch = a_watch()
    watch.take_audio(a_status(0, late=most))
    watch.tick(at(0.1))
    assert FaultCode.BEATS_LATE_OFTEN not in codes(watch)
    watch.take_audio(a_status(10, late=1))
    watch.tick(at(10.1))
    assert FaultCode.BEATS_LATE_OFTEN in codes(watch)
    watch.tick(at(LATE_WINDOW_S + 0.1))
    assert FaultCode.BEATS_LATE_OFTEN not in codes(watch)


def test_a_status_without_a_clock_is_taken_as_it_is():
    watch = a_watch()
    status = replace(a_status(0, AudioState.STARTING), clock=None)
    assert watch.take_audio(status) == []
    assert watch.audio is status
