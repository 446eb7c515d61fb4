"""What holds for any steps and beats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rascue.core.types import BeatOutcome, DacFrame, EngineNs, PlayedBeat, Side, StepEvent
from rascue.cue.synchrony import SynchronySummary, SynchronyTracker

S = 1_000_000_000
gaps_s = st.lists(st.floats(0.2, 3.0), min_size=1, max_size=60)


def heard(index: int, at_ns: int) -> PlayedBeat:
    return PlayedBeat(index, DacFrame(0), EngineNs(at_ns), 0.0, BeatOutcome.PLAYED)


def times(gaps: list[float], start_ns: int) -> list[int]:
    at, found = start_ns, []
    for gap in gaps:
        at += round(gap * S)
        found.append(at)
    return found


def fed(steps: list[int], beats: list[int], delay_ns: int) -> SynchronyTracker:
    tracker = SynchronyTracker()
    order = sorted([(at, 0, at) for at in beats] + [(at + delay_ns, 1, at) for at in steps])
    previous = beats[0] - S
    for _, kind, at in order:
        if kind:
            step = StepEvent(0, EngineNs(at), EngineNs(at), Side.LEFT, 1.0, "x")
            tracker.add_step(step)
        else:
            tracker.add_beat(heard(beats.index(at), at), (at - previous) / S)
            previous = at
        now = tracker.state(EngineNs(at))
        assert now.locked_s >= 0
        assert now.consistency_r is None or 0 <= now.consistency_r <= 1
    return tracker


def rounded(summary: SynchronySummary) -> list[float | None]:
    values = (getattr(summary, name) for name in summary.__slots__)
    return [None if value is None else round(value, 9) for value in values]


@given(step_gaps=gaps_s, beat_gaps=gaps_s, delay_s=st.floats(0.0, 0.15))
def test_delay_of_detection_changes_no_figure(step_gaps, beat_gaps, delay_s):
    steps, beats = times(step_gaps, 0), times(beat_gaps, 0)
    beats += [beats[-1] + k * S for k in range(1, 200)]  # so that every step is judged
    prompt, late = fed(steps, beats, 0), fed(steps, beats, round(delay_s * S))
    assert prompt.summary().n_steps == late.summary().n_steps
    assert rounded(prompt.summary())[:5] == rounded(late.summary())[:5]


@given(step_gaps=gaps_s, beat_gaps=gaps_s, shift_s=st.integers(-1000, 1000))
def test_shifting_time_changes_nothing(step_gaps, beat_gaps, shift_s):
    here = fed(times(step_gaps, 0), times(beat_gaps, 0), 0)
    there = fed(times(step_gaps, shift_s * S), times(beat_gaps, shift_s * S), 0)
    assert here.summary() == there.summary()


@given(step_gaps=gaps_s, beat_gaps=gaps_s)
def test_every_asynchrony_is_within_half_an_interval(step_gaps, beat_gaps):
    steps, beats = times(step_gaps, 0), times(beat_gaps, 0)
    tracker = fed(steps, beats, 0)
    for at in steps:
        found = tracker.asynchrony_of(EngineNs(at))
        if found is not None:
            index, asynchrony_s, phase_deg = found
            assert beats[index] + round(asynchrony_s * S) == at
            assert -180 < phase_deg <= 180
