"""Tempi of straight walking, on steps known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import EngineNs, ProgramStep, Side, StepKind, Target, TargetKind
from rascue.simulate.figures.tempi import Tempi, cadence_spm, tempi_of
from rascue.simulate.walker import StepCharacter, TrueStep


def a_step(at_s: float, kind: StepCharacter = StepCharacter.STEP) -> TrueStep:
    return TrueStep(EngineNs(round(at_s * 1e9)), Side.LEFT, kind, 1.0)


def steps(from_s: float, to_s: float, interval_s: float, kind=StepCharacter.STEP):
    return [a_step(at_s, kind) for at_s in np.arange(from_s, to_s, interval_s)]


CUED = ProgramStep(
    StepKind.CUED, 60.0, target=Target(TargetKind.PERCENT_OF_BASELINE, 100.0, 110.0), strategy="x"
)


def test_turns_first_steps_and_stumbles_do_not_count() -> None:
    odd = [
        a_step(20.9, StepCharacter.FIRST),
        a_step(21.8, StepCharacter.TURN),
        a_step(22.0, StepCharacter.STUMBLE),
    ]
    walked = [*steps(0, 20, 0.5), *odd]
    assert cadence_spm(walked, 0, 10**12) == pytest.approx(120.0)


def test_start_is_before_the_first_beat_and_end_before_the_last() -> None:
    walked = [*steps(0, 30, 0.6), *steps(30, 120, 0.5), *steps(120, 150, 0.6)]
    heard = np.arange(30_000_000_000, 120_000_000_000, 500_000_000)
    tempi = tempi_of(walked, heard, [CUED])
    assert tempi.start_spm == pytest.approx(100.0)
    assert tempi.end_spm == pytest.approx(120.0)
    assert tempi.target_spm == pytest.approx(110.0)
    assert tempi.gain_pct == pytest.approx(20.0)


def test_nothing_is_known_of_nobody() -> None:
    tempi = tempi_of([], np.zeros(0, np.int64), [])
    assert (tempi.start_spm, tempi.target_spm, tempi.end_spm, tempi.gain_pct) == (None,) * 4


@pytest.mark.parametrize(
    ("target_spm", "end_spm", "led"),
    [(105.0, 105.0, True), (105.0, 100.5, False), (105.0, 101.5, True), (101.0, 99.0, True)],
)
def test_a_person_is_led_who_went_a_fifth_of_the_way(target_spm, end_spm, led) -> None:
    assert Tempi(100.0, target_spm, end_spm).led is led
