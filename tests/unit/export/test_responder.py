"""The responder screen, on walks whose answer is known."""

from __future__ import annotations

import pytest

from rascue.core.types import CueDecision, StepKind
from rascue.export.responder import DELAY_S, responder_screen
from tests.unit.export.strides import a_block, at, spans_of, walk

SPANS = spans_of(
    [
        a_block(StepKind.BASELINE, 20),
        a_block(StepKind.CUED, 20, "fixed", 100.0),
        a_block(StepKind.CUED, 20, "fixed", 110.0),
        a_block(StepKind.CUED, 20, "fixed", 92.0),
    ]
)
TEMPI = {20: 100.0, 40: 110.0, 60: 92.0, 80: None}
DECISIONS = [
    CueDecision(at(begin_s), "fixed", 1, spm, spm, 0.0, -18.0, ()) for begin_s, spm in TEMPI.items()
]


def walked(follows: float, phase_deg: float = 10.0):
    """Return strides of somebody who follows a share of each change, after the usual delay."""
    strides = walk(0, 20 + DELAY_S, 100.0)
    for begin_s in (20, 40, 60):
        spm = 100.0 + follows * (TEMPI[begin_s] - 100.0)
        strides += walk(begin_s + DELAY_S, begin_s + 20 + DELAY_S, spm, phase_deg)
    return strides


@pytest.mark.parametrize("follows", [0.0, 0.5, 1.0])
def test_the_response_is_the_share_of_the_change_that_was_followed(follows) -> None:
    screen = responder_screen(SPANS, walked(follows), DECISIONS)
    assert screen.response == pytest.approx(follows, abs=0.03)


@pytest.mark.parametrize(
    ("follows", "policy", "responds"),
    [(0.0, "follow", False), (0.5, "mutual", True), (1.0, "match", True)],
)
def test_the_recommendation_and_its_reasons(follows, policy, responds) -> None:
    screen = responder_screen(SPANS, walked(follows), DECISIONS)
    assert (screen.recommended_policy, screen.responds) == (policy, responds)
    assert f"followed {100.0 * screen.response:.0f} %" in screen.reasons[0]
    assert len(screen.reasons) == 2


def test_who_drifts_along_by_chance_without_being_on_the_beat_is_no_responder() -> None:
    strides = walked(1.0)
    scattered = [
        type(s)(s.side, s.bout_id, s.ic_ns, s.next_ic_ns, s.stride_time_s,
                asynchrony_s=s.asynchrony_s,
                relative_phase_deg=None if s.asynchrony_s is None else 97.0 * k % 360.0)
        for k, s in enumerate(strides)
    ]  # fmt: skip
    screen = responder_screen(SPANS, scattered, DECISIONS)
    assert (screen.responds, screen.recommended_policy) == (False, "follow")


def test_a_doubled_stride_changes_nothing() -> None:
    strides = walked(1.0)
    strides[25] = type(strides[25])(
        strides[25].side, 1, strides[25].ic_ns, strides[26].next_ic_ns, 2.4, None, None, None,
        None, -0.02, 10.0,
    )  # fmt: skip
    del strides[26]
    assert responder_screen(SPANS, strides, DECISIONS).response == pytest.approx(1.0, abs=0.03)


def test_what_cannot_be_judged_is_told() -> None:
    assert responder_screen(SPANS, walk(0, 30, 100.0), DECISIONS).startswith("not enough strides")
    still = [CueDecision(at(20), "fixed", 1, 100.0, 100.0, 0.0, -18.0, ())]
    assert responder_screen(SPANS, walked(1.0), still) == "the tempo of the beat did not change"
