"""Where a session is in its programme, and what is asked for there."""

from __future__ import annotations

import pytest

from rascue.core.limits import HARD_LIMITS
from rascue.core.types import (
    CadenceEstimate,
    CadenceStatus,
    EngineNs,
    ProgramStep,
    SessionProgram,
    StepKind,
    Target,
    TargetKind,
)
from rascue.cue.program import ProgramRunner, block_limits

S = 1_000_000_000
START_S = 7.0


def block(kind: StepKind = StepKind.CUED, duration_s: float = 10.0, **more: object) -> ProgramStep:
    return ProgramStep(kind=kind, duration_s=duration_s, strategy="fixed", **more)  # type: ignore[arg-type]


def percent(value: float, end_value: float | None = None) -> Target:
    return Target(TargetKind.PERCENT_OF_BASELINE, value, end_value)


def absolute(value: float, end_value: float | None = None) -> Target:
    return Target(TargetKind.ABSOLUTE, value, end_value)


def runner(*steps: ProgramStep) -> ProgramRunner:
    return ProgramRunner(SessionProgram("p", "1", "P", "", steps), ns(0.0))


def ns(session_s: float) -> EngineNs:
    return EngineNs(round((START_S + session_s) * S))


def cadence(
    session_s: float, spm: float | None, status: CadenceStatus = CadenceStatus.STEADY
) -> CadenceEstimate:
    return CadenceEstimate(ns(session_s), spm, None, 10, 5.0, status)


BASELINE = block(StepKind.BASELINE, 10.0)


def test_blocks_follow_each_other_without_a_gap():
    run = runner(block(duration_s=10), block(StepKind.REST, 5.0), block(duration_s=20))
    seen = [
        (p.index, p.in_block_s, p.left_s, p.finished)
        for p in map(run.at, map(ns, (0, 9.5, 10, 14, 34.9)))
    ]
    assert seen == [
        (0, 0.0, 10.0, False),
        (0, 9.5, 0.5, False),
        (1, 0.0, 5.0, False),
        (1, 4.0, 1.0, False),
        (2, pytest.approx(19.9), pytest.approx(0.1), False),
    ]  # fmt: skip


def test_a_late_question_finds_the_right_block():
    run = runner(block(duration_s=10), block(duration_s=5), block(duration_s=20))
    assert (run.at(ns(17)).index, run.at(ns(17)).in_block_s) == (2, 2.0)


def test_the_end_is_the_end_of_the_last_block():
    run = runner(block(duration_s=10, target=absolute(100, 110)))
    end = run.at(ns(99))
    assert (end.finished, end.in_block_s, end.left_s, end.target_spm) == (True, 10.0, 0.0, 110.0)
    assert not end.cued
    run.skip(ns(100))
    assert run.at(ns(101)) == end


@pytest.mark.parametrize(
    ("kind", "cued"),
    [(StepKind.CUED, True), (StepKind.FADE, True), (StepKind.REST, False), (StepKind.PROBE, False)],
)
def test_some_kinds_sound(kind, cued):
    assert runner(block(kind)).at(ns(1)).cued is cued


def test_an_absolute_target_moves_evenly_to_its_end():
    run = runner(block(target=absolute(100, 110)))
    assert [run.at(ns(t)).target_spm for t in (0, 5, 9)] == [100, 105, 109]


def test_a_level_moves_evenly_to_its_end():
    run = runner(block(level_dbfs=-20.0, end_level_dbfs=-30.0))
    assert [run.at(ns(t)).level_dbfs for t in (0, 5)] == [-20, -25]


def test_a_fade_block_ends_at_the_floor():
    run = runner(block(StepKind.FADE, level_dbfs=-20.0))
    assert [run.at(ns(t)).level_dbfs for t in (0, 5, 10)] == [-20, -40, -60]


def test_the_baseline_is_the_median_of_steady_cadence():
    run = runner(BASELINE, block(target=percent(110)))
    for t, spm, status in [
        (1, None, CadenceStatus.SPARSE),
        (2, 60.0, CadenceStatus.CHANGING),
        (3, 98.0, CadenceStatus.STEADY),
        (4, 100.0, CadenceStatus.STEADY),
        (5, 101.0, CadenceStatus.STEADY),
    ]:
        run.observe(cadence(t, spm, status))
    assert run.at(ns(9.9)).target_spm is None
    assert run.baseline_spm is None
    assert run.at(ns(10)).target_spm == pytest.approx(110.0)
    assert run.baseline_spm == 100.0
    run.observe(cadence(12, 140.0))
    assert run.at(ns(15)).target_spm == pytest.approx(110.0)
    assert run.at(ns(15)).reasons == ()


def test_an_unsteady_cadence_measures_nothing_and_the_first_steady_one_stands_in():
    run = runner(BASELINE, block(target=percent(100)))
    run.observe(cadence(3, 50.0, CadenceStatus.CHANGING))
    run.observe(cadence(10.5, 51.0, CadenceStatus.CHANGING))
    assert run.at(ns(11)).target_spm is None
    assert run.baseline_spm is None
    run.observe(cadence(12, 70.0))
    found = run.at(ns(13))
    assert found.target_spm == 70.0
    assert [reason.code for reason in found.reasons] == ["no_baseline"]


def test_a_later_baseline_replaces_the_first():
    run = runner(BASELINE, BASELINE, block(target=percent(100)))
    run.observe(cadence(3, 90.0))
    run.at(ns(10))
    assert run.baseline_spm == 90.0
    run.observe(cadence(13, 95.0))
    run.at(ns(20))
    assert run.baseline_spm == 95.0


def test_an_empty_baseline_falls_back_on_the_cadence_before_the_cue():
    run = runner(BASELINE, block(StepKind.REST), block(target=percent(110)))
    run.at(ns(11))
    run.observe(cadence(12, 80.0))
    run.observe(cadence(19, 90.0))
    found = run.at(ns(20))
    assert found.target_spm == pytest.approx(99.0)
    assert [reason.code for reason in found.reasons] == ["no_baseline"]
    run.observe(cadence(21, 130.0))
    assert run.at(ns(22)).target_spm == pytest.approx(99.0)


def test_a_percentage_of_nothing_waits_for_the_first_cadence():
    run = runner(block(target=percent(100)))
    waiting = run.at(ns(1))
    assert waiting.target_spm is None
    assert [reason.code for reason in waiting.reasons] == ["no_cadence"]
    run.observe(cadence(2, None, CadenceStatus.SPARSE))
    run.observe(cadence(3, 85.0))
    run.observe(cadence(4, 95.0))
    assert run.at(ns(5)).target_spm == 85.0


def test_under_a_cue_the_stand_in_does_not_follow_the_person():
    run = runner(block(StepKind.REST), block(target=percent(100)), block(target=percent(100)))
    run.observe(cadence(5, 80.0))
    run.at(ns(11))
    run.observe(cadence(12, 120.0))
    assert run.at(ns(21)).target_spm == 80.0


def test_skipping_ends_a_block_now():
    run = runner(BASELINE, block(target=percent(100)), block(StepKind.REST))
    run.observe(cadence(2, 97.0))
    run.skip(ns(4))
    found = run.at(ns(5))
    assert (found.index, found.in_block_s, found.target_spm) == (1, 1.0, 97.0)
    assert run.at(ns(14)).index == 2


def test_a_pause_stops_the_time_of_the_programme():
    run = runner(block(duration_s=10), block(duration_s=10))
    run.pause(ns(4))
    run.pause(ns(6))
    assert run.at(ns(60)).in_block_s == 4.0
    run.resume(ns(104))
    run.resume(ns(200))
    assert run.at(ns(106)).in_block_s == 6.0
    assert run.at(ns(110)).index == 1


def test_skipping_in_a_pause_begins_the_next_block_when_the_pause_ends():
    run = runner(block(duration_s=10), block(duration_s=10))
    run.pause(ns(4))
    run.skip(ns(30))
    assert (run.at(ns(40)).index, run.at(ns(40)).in_block_s) == (1, 0.0)
    run.resume(ns(50))
    assert run.at(ns(53)).in_block_s == 3.0


@pytest.mark.parametrize(("asked", "got"), [(None, 2.0), (0.5, 0.5), (9.0, 2.0)])
def test_a_block_may_only_tighten_the_slew(asked, got):
    limits = block_limits(HARD_LIMITS, block(max_rate_spm_per_s=asked))
    assert limits.rate_max_spm_per_s == got
    assert limits.cadence_max_spm == HARD_LIMITS.cadence_max_spm
