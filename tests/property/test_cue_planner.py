"""Beats strictly increase, none lost or doubled, whatever the pattern of calls."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rascue.core.types import Beat, CueDecision, DacFrame, EngineNs
from rascue.cue.planner import BeatPlanner, BeatStyle

S = 1_000_000_000
HORIZON_S, LEAD_S = 0.3, 0.1
SHORTEST_STALL_S = HORIZON_S - LEAD_S

steps_s = st.lists(st.floats(0.0, SHORTEST_STALL_S - 0.001), min_size=1, max_size=80)
tempi = st.floats(30.0, 240.0)


def plan(planner: BeatPlanner, now_ns: int, spm: float | None, shift_s: float = 0.0) -> list[Beat]:
    decision = CueDecision(EngineNs(now_ns), "any", 0, spm, spm, shift_s, -18.0, ())
    return planner.plan(EngineNs(now_ns), decision, 0, style=BeatStyle(), to_frame=DacFrame)


@given(steps=steps_s, spm=tempi)
def test_any_pattern_of_ticks_gives_the_same_beats(steps, spm):
    planner = BeatPlanner(HORIZON_S, LEAD_S)
    now_ns, beats = 0, plan(planner, 0, spm)
    for step_s in steps:
        now_ns += round(step_s * S)
        beats += plan(planner, now_ns, spm)
    last_ns = round(LEAD_S * S)
    expected = []
    while last_ns <= now_ns + round(HORIZON_S * S):
        expected.append(last_ns)
        last_ns += round(60.0 / spm * S)
    assert [beat.due_ns for beat in beats] == expected
    assert [beat.index for beat in beats] == list(range(len(beats)))


@given(
    calls=st.lists(
        st.tuples(
            st.floats(0.0, 3.0),
            st.one_of(st.none(), tempi),
            st.floats(-0.05, 0.05),
        ),
        max_size=60,
    )
)
def test_beats_always_increase_and_can_always_be_played(calls):
    planner = BeatPlanner(HORIZON_S, LEAD_S)
    now_ns, beats = 0, []
    for step_s, spm, shift_s in calls:
        now_ns += round(step_s * S)
        for beat in plan(planner, now_ns, spm, shift_s):
            assert beat.due_ns - now_ns + 1 >= LEAD_S * S
            assert beat.due_ns - now_ns <= HORIZON_S * S
            beats.append(beat)
    pairs = list(pairwise(beats))
    assert all(b.index == a.index + 1 for a, b in pairs)
    assert all(b.due_ns - a.due_ns >= 0.199 * S for a, b in pairs)


@given(stall_s=st.floats(0.0, 20.0), spm=tempi)
def test_a_stall_keeps_the_phase_of_the_pulse(stall_s, spm):
    planner = BeatPlanner(HORIZON_S, LEAD_S)
    first = plan(planner, 0, spm)[0]
    now_ns = round(stall_s * S)
    beats = []
    while not beats:
        beats = plan(planner, now_ns, spm)
        now_ns += 50_000_000
    periods = (beats[0].due_ns - first.due_ns) * spm / 60.0 / S
    assert abs(periods - round(periods)) < 1e-6
