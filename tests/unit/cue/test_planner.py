"""The beat planner: when the next beat falls, and what becomes of missed ones."""

from __future__ import annotations

import pytest

from rascue.core.types import Beat, CueDecision, DacFrame, EngineNs
from rascue.cue.planner import BeatPlanner, BeatStyle

MS = 1_000_000
S = 1_000_000_000


def decision(
    at_ms: float, spm: float | None = 100.0, *, shift_s: float = 0.0, level: float = -18.0
) -> CueDecision:
    return CueDecision(EngineNs(round(at_ms * MS)), "fixed", 0, spm, spm, shift_s, level, ())


def to_frame(due_ns: EngineNs) -> DacFrame:
    return DacFrame(due_ns * 48_000 // S)


def plan(
    planner: BeatPlanner,
    at_ms: float,
    spm: float | None = 100.0,
    *,
    shift_s: float = 0.0,
    align_ms: float | None = None,
    style: BeatStyle = BeatStyle(),  # noqa: B008 - frozen
) -> list[Beat]:
    align = None if align_ms is None else EngineNs(round(align_ms * MS))
    return planner.plan(
        EngineNs(round(at_ms * MS)),
        decision(at_ms, spm, shift_s=shift_s),
        7,
        style=style,
        to_frame=to_frame,
        align_to_ns=align,
    )


def due_ms(beats: list[Beat]) -> list[float]:
    return [beat.due_ns / MS for beat in beats]


def walk(planner: BeatPlanner, begin_ms: float, end_ms: float, spm: float = 100.0) -> list[Beat]:
    """Plan on each tick of 50 ms."""
    return [
        beat
        for tick in range(round((end_ms - begin_ms) / 50))
        for beat in plan(planner, begin_ms + 50 * tick, spm)
    ]


def test_the_first_beat_comes_as_soon_as_it_can_be_played():
    planner = BeatPlanner()
    first = plan(planner, 1000)
    assert first == [Beat(0, EngineNs(1100 * MS), DacFrame(52_800), 0.6, "click", False, -18.0, 7)]
    assert planner.last_beat == first[0]
    assert planner.last_due_ns == 1100 * MS
    assert planner.last_period_s == 0.6
    assert planner.next_due_ns == 1700 * MS


@pytest.mark.parametrize(
    ("align_ms", "first_ms"),
    [(1250, 1250), (1100, 1100), (1099, 1699), (1705, 1105), (5900, 1100), (-5900, 1300)],
)
def test_the_first_beat_lies_whole_intervals_from_where_it_should_fall(align_ms, first_ms):
    planner = BeatPlanner()
    beats = [
        beat for tick in range(20) for beat in plan(planner, 1000 + 50 * tick, align_ms=align_ms)
    ]
    assert due_ms(beats)[0] == first_ms


def test_an_instant_to_align_to_is_remembered_until_the_first_beat():
    planner = BeatPlanner()
    assert plan(planner, 1000, align_ms=1350) == []
    assert plan(planner, 1040) == []
    assert due_ms(plan(planner, 1090)) == [1350]


def test_a_newer_instant_to_align_to_replaces_the_older():
    planner = BeatPlanner()
    assert plan(planner, 1000, align_ms=1350) == []
    assert due_ms(plan(planner, 1050, align_ms=1250)) == [1250]


def test_silence_forgets_what_to_align_to():
    planner = BeatPlanner()
    assert plan(planner, 1000, align_ms=1350) == []
    planner.silence()
    assert due_ms(plan(planner, 1040)) == [1140]


def test_beats_follow_at_the_interval():
    beats = walk(BeatPlanner(), 0, 3000)
    assert due_ms(beats) == [100, 700, 1300, 1900, 2500, 3100]
    assert [beat.index for beat in beats] == [0, 1, 2, 3, 4, 5]
    assert {beat.interval_s for beat in beats} == {0.6}


def test_a_beat_is_placed_when_it_comes_within_the_horizon_and_not_before():
    planner = BeatPlanner(horizon_s=0.3, lead_min_s=0.1)
    plan(planner, 0)
    assert plan(planner, 399.9) == []
    assert due_ms(plan(planner, 400)) == [700]


def test_two_short_intervals_fit_into_a_long_horizon():
    planner = BeatPlanner(horizon_s=0.9, lead_min_s=0.1)
    assert due_ms(plan(planner, 0, 160)) == [100, 475, 850]


def test_the_tempo_at_the_moment_of_placing_counts():
    planner = BeatPlanner()
    plan(planner, 0, 100)
    for at in (50, 100, 150):
        assert plan(planner, at, 150) == []
    assert due_ms(plan(planner, 410, 120)) == [600]
    assert planner.last_period_s == 0.5


def test_a_shift_moves_the_next_beat_and_with_it_the_pulse():
    planner = BeatPlanner()
    plan(planner, 0)
    assert due_ms(plan(planner, 500, shift_s=0.02)) == [720]
    assert planner.last_period_s == 0.6
    assert due_ms(plan(planner, 1050)) == [1320]


def test_two_beats_placed_with_one_decision_are_not_both_shifted():
    planner = BeatPlanner(horizon_s=1.5, lead_min_s=0.0)
    plan(planner, 0)
    assert due_ms(plan(planner, 1200, shift_s=0.02)) == [1820, 2420]


def test_shifts_wanted_between_two_beats_do_not_add_up():
    planner = BeatPlanner()
    plan(planner, 0)
    beats = [b for k in range(12) for b in plan(planner, 50 + 50 * k, shift_s=0.03)]
    assert due_ms(beats) == [730]


def test_the_first_beat_ignores_a_shift():
    assert due_ms(plan(BeatPlanner(), 0, shift_s=0.03)) == [100]


def test_beats_missed_in_a_stall_are_skipped_and_the_phase_stays():
    planner = BeatPlanner()
    plan(planner, 0)
    late = plan(planner, 2550)
    assert due_ms(late) == []
    assert due_ms(walk(planner, 2600, 3600)) == [3100, 3700]


def test_the_interval_after_a_stall_is_the_true_one():
    planner = BeatPlanner()
    plan(planner, 0)
    assert [beat.interval_s for beat in plan(planner, 1700)] == [1.8]


@pytest.mark.parametrize(("now_ms", "expected"), [(600, [700]), (600.1, []), (1100, [1300])])
def test_a_beat_that_can_just_be_played_is_played(now_ms, expected):
    planner = BeatPlanner()
    plan(planner, 0)
    assert due_ms(plan(planner, now_ms)) == expected


def test_silence_forgets_the_pulse():
    planner = BeatPlanner()
    plan(planner, 0)
    assert plan(planner, 50, None) == []
    assert planner.last_beat is planner.last_due_ns is planner.last_period_s is None
    assert planner.next_due_ns is None
    again = plan(planner, 2000)
    assert due_ms(again) == [2100]
    assert again[0].index == 1
    assert again[0].interval_s == 0.6
    planner.silence()
    assert due_ms(plan(planner, 3200, align_ms=3350)) == [3350]


def test_between_two_pulses_a_beat_is_left_out_so_that_it_is_heard_as_a_pause():
    planner = BeatPlanner()
    plan(planner, 0)
    planner.silence()
    assert plan(planner, 350, 120) == []
    assert due_ms(plan(planner, 850, 120)) == [1100]
    planner.silence()
    assert due_ms(plan(planner, 1250, 120, align_ms=1610)) == []
    assert due_ms(plan(planner, 1750, 120, align_ms=1610)) == []
    assert due_ms(plan(planner, 1850, 120, align_ms=1610)) == [2110]


def test_accents_count_positions_of_the_pulse():
    planner = BeatPlanner()
    style = BeatStyle("wood", 3)
    beats = [b for k in range(60) for b in plan(planner, 50 * k, style=style)]
    assert [beat.accent for beat in beats] == [True, False, False, True, False, False]
    assert {beat.sound for beat in beats} == {"wood"}


def test_accents_keep_their_place_over_a_stall():
    planner = BeatPlanner()
    style = BeatStyle(accent_every=3)
    plan(planner, 0, style=style)  # position 0; 1 and 2 are missed
    assert [b.accent for b in plan(planner, 1700, style=style)] == [True]


@pytest.mark.parametrize(("horizon_s", "lead_s"), [(0.1, 0.1), (0.1, 0.2), (0.3, -0.1)])
def test_a_horizon_shorter_than_the_lead_is_refused(horizon_s, lead_s):
    with pytest.raises(ValueError, match="lead_min_s"):
        BeatPlanner(horizon_s, lead_s)
