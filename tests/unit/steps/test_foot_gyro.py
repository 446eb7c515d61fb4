"""The foot detector on a walk whose contacts are known."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import (
    Activity,
    ActivityChange,
    FinalContactEvent,
    ImuBlock,
    Placement,
    Side,
    SourceInfo,
    StepEvent,
)
from rascue.steps.foot_gyro import FootGyroDetector
from tests.unit.steps.walks import foot_walk, still


def detector(rate_hz: float = 100.0, placement: Placement = Placement.RIGHT_FOOT):
    return FootGyroDetector(SourceInfo("foot", placement, rate_hz, has_gyro=True))


def contacts_s(events) -> np.ndarray:
    return np.array([event.ic_ns for event in events if isinstance(event, StepEvent)]) / 1e9


@pytest.mark.parametrize("rate_hz", [50.0, 64.0, 100.0, 104.2, 204.8, 416.0])
def test_every_contact_is_found_at_any_rate(rate_hz) -> None:
    walk, true_s = foot_walk(rate_hz)
    found_s = contacts_s(detector(rate_hz).process(walk))
    assert len(found_s) == len(true_s)
    # By definition a contact lies 20 ms after the zero crossing of the unfiltered rate.
    assert np.abs(found_s - true_s - 0.02).max() < 0.015


def test_the_first_contact_is_found_though_nothing_is_known_of_the_mounting() -> None:
    walk, true_s = foot_walk(strides=1)
    assert contacts_s(detector().process(walk)) == pytest.approx(true_s + 0.02, abs=0.015)


def test_the_placement_tells_the_side() -> None:
    walk, _ = foot_walk()
    for placement, side in ((Placement.LEFT_FOOT, Side.LEFT), (Placement.RIGHT_SHANK, Side.RIGHT)):
        events = detector(placement=placement).process(walk)
        assert {e.side for e in events if isinstance(e, StepEvent)} == {side}


def test_a_final_contact_lies_between_two_contacts() -> None:
    walk, true_s = foot_walk()
    events = detector().process(walk)
    lifts_s = np.array([e.fc_ns for e in events if isinstance(e, FinalContactEvent)]) / 1e9
    # Push and swing meet 0.33 s before the contact.
    assert lifts_s == pytest.approx(true_s - 0.33, abs=0.05)


def test_a_final_contact_is_told_before_the_foot_lands() -> None:
    walk, true_s = foot_walk()
    events = detector().process(walk)
    told_s = np.array([e.detected_ns for e in events if isinstance(e, FinalContactEvent)]) / 1e9
    # The first is not: nobody knows yet how large a push is, or which way the leg swings.
    assert (true_s[2:] - told_s[2:] > 0.2).all()


def test_standing_gives_no_contact() -> None:
    assert contacts_s(detector().process(still(60.0))).size == 0


def test_a_shuffle_is_told_with_less_confidence() -> None:
    walk, true_s = foot_walk()
    weak = ImuBlock("foot", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps.copy())
    last = walk.t_ns > (true_s[-1] - 0.62) * 1e9
    weak.gyr_dps[last] *= 0.17
    steps = [e for e in detector().process(weak) if isinstance(e, StepEvent)]
    assert len(steps) == len(true_s)
    assert steps[-1].ic_ns / 1e9 == pytest.approx(true_s[-1] + 0.02, abs=0.03)
    assert steps[-1].confidence < steps[-2].confidence


def test_the_swing_of_a_foot_that_never_rests_is_found_within_two_strides() -> None:
    # Landing and push are one long turn back, as large as the short swing before it.
    stride = np.r_[np.full(75, -120.0), np.full(30, 300.0)]
    pitch_dps = np.convolve(np.tile(stride, 8), np.hanning(9) / np.hanning(9).sum(), "same")
    t_ns = 10_000_000 * np.arange(len(pitch_dps), dtype=np.int64)
    gyr = np.outer(pitch_dps, [0.0, 1.0, 0.0]).astype(np.float32)
    acc = np.tile(np.float32([0.0, 0.0, 9.81]), (len(t_ns), 1))
    found_s = contacts_s(detector().process(ImuBlock("foot", 0, t_ns, acc, gyr)))
    assert len(found_s) >= 6
    assert (found_s[1:] - 0.02) % 1.05 == pytest.approx(np.zeros(len(found_s) - 1), abs=0.05)
    assert found_s[1] < 3.0 * 1.05 + 0.1


def test_a_swing_that_fades_ends_before_the_rest() -> None:
    walk, true_s = foot_walk()
    faded = ImuBlock("foot", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps.copy())
    first = int(np.searchsorted(walk.t_ns, (true_s[-1] - 0.1) * 1e9))
    decay = np.exp(-(walk.t_ns[first:] - walk.t_ns[first]) / 0.06e9)
    faded.gyr_dps[first:] = decay[:, None] * walk.gyr_dps[first]
    steps = [e for e in detector().process(faded) if isinstance(e, StepEvent)]
    assert steps[-1].detected_ns - steps[-1].ic_ns == pytest.approx(0.14e9, abs=0.02e9)
    assert steps[-1].confidence < steps[-2].confidence


def test_a_foot_turned_on_the_spot_right_after_a_contact_makes_no_step() -> None:
    walk, true_s = foot_walk()
    turned = ImuBlock("foot", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps.copy())
    late = ImuBlock("foot", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps.copy())
    t_s = walk.t_ns / 1e9 - true_s[-1]
    turned.gyr_dps[(t_s > 0.35) & (t_s < 0.65), 2] = 150.0
    late.gyr_dps[(t_s > 0.55) & (t_s < 0.85), 2] = 150.0
    assert len(contacts_s(detector().process(turned))) == len(true_s)
    assert len(contacts_s(detector().process(late))) == len(true_s) + 1


def test_a_walk_is_a_bout_that_ends_in_standing() -> None:
    walk, true_s = foot_walk()
    longer = still(4.0)
    t_ns = np.concatenate([walk.t_ns, walk.t_ns[-1] + 10_000_000 + longer.t_ns])
    acc = np.concatenate([walk.acc_mps2, longer.acc_mps2])
    gyr = np.concatenate([walk.gyr_dps, longer.gyr_dps])
    events = detector().process(ImuBlock("foot", 0, t_ns, acc, gyr))
    changes = [e for e in events if isinstance(e, ActivityChange)]
    assert [(c.activity, c.bout_id) for c in changes] == [
        (Activity.WALKING, 1),
        (Activity.STANDING, 1),
    ]
    assert changes[0].at_ns / 1e9 == pytest.approx(true_s[0] + 0.02, abs=0.02)
    assert changes[1].at_ns / 1e9 == pytest.approx(true_s[-1] + 0.02, abs=0.02)


def test_samples_after_a_gap_start_a_new_signal() -> None:
    walk, _ = foot_walk()
    kept = np.ones(walk.n, bool)
    kept[300:420] = False
    block = ImuBlock("foot", 0, walk.t_ns[kept], walk.acc_mps2[kept], walk.gyr_dps[kept])
    found_s = contacts_s(detector().process(block))
    in_gap = (found_s > 3.0) & (found_s < 4.2)
    assert not in_gap.any()
    assert (np.diff(found_s) > 0.5).all()
