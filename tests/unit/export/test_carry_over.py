"""What stays without the beat, on walks whose answer is known."""

from __future__ import annotations

import pytest

from rascue.core.types import StepKind
from rascue.export.carry_over import carry_over
from tests.unit.export.strides import a_block, spans_of, walk

LADDER = [
    a_block(StepKind.BASELINE, 60),
    a_block(StepKind.CUED, 60, "match"),
    a_block(StepKind.PROBE, 60),
]


@pytest.mark.parametrize(("probe_spm", "index"), [(100.0, 1.0), (105.0, 0.5), (110.0, 0.0)])
def test_the_index_is_the_share_of_the_gain_that_is_lost(probe_spm, index) -> None:
    strides = walk(0, 60, 100) + walk(60, 120, 110) + walk(120, 180, probe_spm)
    kept = carry_over(spans_of(LADDER), strides)
    assert kept.dependency_index == pytest.approx(index, abs=1e-3)
    assert kept.cued_gain_percent == pytest.approx(10.0, abs=1e-3)
    assert kept.probe_cadences_spm == pytest.approx((probe_spm,), rel=1e-3)


def test_the_first_half_of_a_probe_is_still_the_beats_doing() -> None:
    strides = walk(0, 60, 100) + walk(60, 120, 110) + walk(120, 149, 110) + walk(151, 180, 100)
    assert carry_over(spans_of(LADDER), strides).dependency_index == pytest.approx(1.0, abs=1e-3)


def test_probes_are_averaged() -> None:
    blocks = [*LADDER, a_block(StepKind.CUED, 60, "hold"), a_block(StepKind.PROBE, 60)]
    walked = [(0, 100), (60, 110), (120, 104), (180, 110), (240, 106)]
    strides = [s for begin, spm in walked for s in walk(begin, begin + 60, spm)]
    kept = carry_over(spans_of(blocks), strides)
    assert kept.dependency_index == pytest.approx(0.5, abs=1e-3)
    assert len(kept.probe_cadences_spm) == 2


def test_without_an_effect_there_is_a_sentence_and_no_number() -> None:
    strides = walk(0, 60, 100) + walk(60, 120, 101) + walk(120, 180, 101)
    kept = carry_over(spans_of(LADDER), strides)
    assert kept.dependency_index == "the beat changed the cadence by +1.0 % only"


def test_without_an_own_tempo_or_strides_it_says_so() -> None:
    probed = walk(60, 120, 110) + walk(120, 180, 105)
    assert carry_over(spans_of(LADDER), probed).dependency_index == (
        "the own tempo was not measured before the beat"
    )
    cued = walk(0, 60, 100) + walk(60, 120, 110)
    assert carry_over(spans_of(LADDER), cued).dependency_index == (
        "not enough strides in the probes"
    )


def test_a_programme_without_a_probe_after_a_beat_has_no_carry_over() -> None:
    assert carry_over(spans_of(LADDER[:2]), walk(0, 120, 100)) is None
    silent = [a_block(StepKind.BASELINE, 60), a_block(StepKind.PROBE, 60)]
    assert carry_over(spans_of(silent), walk(0, 120, 100)) is None
