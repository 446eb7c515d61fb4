"""Beats on a stream that breaks: taken back, given again at the same instants, or cancelled."""

from __future__ import annotations

from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus, CancelFrom, ScheduleBeat
from rascue.core.types import (
    AudioState,
    Beat,
    BeatOutcome,
    DacFrame,
    EngineNs,
    PlayedBeat,
    PlayedFrame,
)
from rascue.session.pending_beats import PendingBeats

RATE_HZ = 48_000
MS = 1_000_000


def beat(index: int, due_ms: int) -> Beat:
    return Beat(index, EngineNs(due_ms * MS), DacFrame(due_ms * 48), 0.5, "click", False, -18.0, 0)


def status(
    at_ms: int,
    *played: PlayedFrame,
    underflows: int = 0,
    shift_frames: int | None = 0,
    state: AudioState = AudioState.RUNNING,
) -> AudioStatus:
    """Return a report at ``at_ms``; the clock is ``shift_frames`` off, unknown for None."""
    clock = None
    if shift_frames is not None:
        clock = ClockMap(shift_frames, EngineNs(0), float(RATE_HZ), 0.0, 10)
    return AudioStatus(EngineNs(at_ms * MS), state, clock, tuple(played), underflows, 0.0, 0.0)


def pending(*beats: Beat) -> PendingBeats:
    them = PendingBeats()
    for one in beats:
        them.add(one)
    them.place_anew(status(0))
    return them


def cancelled(one: Beat) -> PlayedFrame:
    return PlayedFrame(one.index, one.frame, BeatOutcome.CANCELLED)


def test_an_unbroken_stream_moves_nothing() -> None:
    them = pending(beat(0, 500))
    assert them.place_anew(status(100)) == []


def test_after_an_underflow_a_beat_keeps_its_instant_and_gets_a_new_frame() -> None:
    one = beat(3, 900)
    them = pending(one)
    assert them.place_anew(status(100, underflows=1, shift_frames=None)) == [CancelFrom(one.frame)]
    back = status(300, cancelled(one), underflows=1, shift_frames=-960)
    assert them.outcomes(back) == []
    given, note = them.place_anew(back)
    assert isinstance(given, ScheduleBeat)
    assert given.beat.due_ns == one.due_ns
    assert given.beat.frame == one.frame - 960
    assert note.kind == "sound"
    heard = PlayedFrame(3, given.beat.frame, BeatOutcome.PLAYED)
    assert them.outcomes(status(950, heard, underflows=1, shift_frames=-960))[0][1] is heard
    assert len(them) == 0


def test_a_beat_too_near_when_the_clock_returns_is_cancelled_once() -> None:
    one = beat(0, 350)
    them = pending(one)
    them.place_anew(status(100, underflows=1, shift_frames=None))
    back = status(300, cancelled(one), underflows=1)
    assert them.outcomes(back) == []
    played, _ = them.place_anew(back)
    assert isinstance(played, PlayedBeat)
    assert played.outcome is BeatOutcome.CANCELLED
    assert len(them) == 0


def test_a_beat_that_had_begun_counts_as_played() -> None:
    one = beat(0, 150)
    them = pending(one)
    them.place_anew(status(100, underflows=1, shift_frames=None))
    report = PlayedFrame(0, one.frame, BeatOutcome.PLAYED)
    assert them.outcomes(status(200, report, underflows=1)) == [(one, report)]
    assert them.place_anew(status(200, underflows=1)) == []


def test_nothing_is_given_again_after_a_stop() -> None:
    one = beat(0, 900)
    them = pending(one)
    them.place_anew(status(100, underflows=1, shift_frames=None))
    them.settle()  # R1
    back = status(300, cancelled(one), underflows=1)
    assert them.outcomes(back) == [(one, back.played[0])]
    assert them.place_anew(back) == []


def test_a_lost_output_takes_all_beats_along() -> None:
    them = pending(beat(0, 500), beat(1, 900))
    lost = them.outcomes(status(100, state=AudioState.LOST, shift_frames=None))
    assert [report.outcome for _, report in lost] == [BeatOutcome.CANCELLED] * 2
    assert len(them) == 0


def test_an_output_that_counts_from_zero_again_is_no_underflow() -> None:
    them = pending(beat(0, 500))
    them.place_anew(status(50, underflows=4, shift_frames=None))
    them.settle()
    assert them.place_anew(status(100, underflows=0)) == []
