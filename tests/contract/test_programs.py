"""Every shipped programme can be loaded, run by the engine's own parts, and says why it is so."""

from __future__ import annotations

import pytest

from rascue.config.program import load_program, shipped_programs
from rascue.core.limits import HARD_LIMITS
from rascue.core.types import EngineNs, StepKind, TargetKind
from rascue.cue.choose import strategy_for
from rascue.cue.program import CUED_KINDS, ProgramRunner

S = 1_000_000_000
PROGRAMS = shipped_programs()


def test_the_library_is_rich():
    assert len(PROGRAMS) >= 12


@pytest.fixture(params=PROGRAMS)
def program(request):
    return load_program(PROGRAMS[request.param])


def test_the_file_is_named_as_the_programme(program):
    assert program.name in PROGRAMS
    assert load_program(PROGRAMS[program.name]) == program


def test_the_rationale_is_for_people(program):
    assert len(program.rationale) > 100
    assert "FIELD" not in program.rationale


def test_every_strategy_accepts_its_parameters(program):
    for step in program.steps:
        if step.strategy:
            assert strategy_for(step.strategy, step.params).name == step.strategy


def test_every_block_has_a_title_and_targets_lie_within_the_limits(program):
    for step in program.steps:
        assert step.title
        assert (step.target is not None) == (step.kind in CUED_KINDS)
        if step.target and step.target.kind is TargetKind.PERCENT_OF_BASELINE:
            for value in (step.target.value, step.target.end_value or 100.0):
                assert abs(value / 100.0 - 1.0) <= HARD_LIMITS.distance_max_ratio


def test_no_ramp_is_steeper_than_the_slew_allows(program):
    for step in program.steps:
        if step.target and step.target.end_value is not None:
            rise = abs(step.target.end_value - step.target.value)
            spm = rise if step.target.kind is TargetKind.ABSOLUTE else 1.4 * rise
            assert spm / step.duration_s <= HARD_LIMITS.rate_max_spm_per_s


def test_cued_time_stays_within_the_limits(program):
    cued_s = sum(step.duration_s for step in program.steps if step.kind in CUED_KINDS)
    assert cued_s <= HARD_LIMITS.cued_part_max_s
    assert program.duration_s <= HARD_LIMITS.session_max_s


def test_percentages_come_after_a_baseline(program):
    kinds = [step.kind for step in program.steps]
    for k, step in enumerate(program.steps):
        if step.target and step.target.kind is TargetKind.PERCENT_OF_BASELINE:
            assert StepKind.BASELINE in kinds[:k]


def test_it_can_be_followed_to_its_end(program):
    runner = ProgramRunner(program, EngineNs(0))
    seen = []
    for second in range(int(program.duration_s) + 2):
        position = runner.at(EngineNs(second * S))
        if not seen or seen[-1] != position.index:
            seen.append(position.index)
    assert seen == list(range(len(program.steps)))
    assert position.finished
