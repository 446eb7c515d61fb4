"""The virtual sensor: like a recording in size and spectrum, and true to the walker's contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rascue.core.clock import NS_PER_S
from rascue.core.errors import WrongUse
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement, SourceInfo, StepEvent
from rascue.simulate.figures.step_matching import match_contacts
from rascue.simulate.gait_phase import GaitPhase
from rascue.simulate.virtual_imu import ImuParams, VirtualImu
from rascue.simulate.walker import Walker
from rascue.simulate.walker_params import WalkerParams, load_walker
from rascue.steps.choose import detector_for

DEAF = load_walker("deaf")
BLOCK_NS = 40_000_000
PLACES = [Placement.LOWER_BACK, Placement.LEFT_FOOT, Placement.RIGHT_FOOT, Placement.LEFT_SHANK]


def info(placement: Placement, rate_hz: float = 100.0, **more: float) -> SourceInfo:
    return SourceInfo("imu", placement, rate_hz, has_gyro=True, **more)


def sensor(
    walker: Walker, place: SourceInfo, params: ImuParams | None = None, seed: int = 0
) -> VirtualImu:
    return VirtualImu(walker, place, params or ImuParams(), seed, EngineNs(0))


def record(imu: VirtualImu, until_s: float) -> list[ImuBlock]:
    ends = range(BLOCK_NS, round(until_s * NS_PER_S) + 1, BLOCK_NS)
    return [block for end in ends if (block := imu.block(EngineNs(end))) is not None]


def joined(blocks: list[ImuBlock]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    t_s = np.concatenate([block.t_ns for block in blocks]) / NS_PER_S
    acc = np.concatenate([block.acc_mps2 for block in blocks])
    return t_s, acc, np.concatenate([block.gyr_dps for block in blocks])


def walked(params: WalkerParams, place: SourceInfo, until_s: float) -> list[ImuBlock]:
    return record(sensor(Walker(params, 1, EngineNs(0)), place), until_s)


@pytest.mark.parametrize("place", PLACES)
def test_samples_come_at_the_sensor_rate_without_holes(place: Placement) -> None:
    params = ImuParams(clock_error_ppm=50.0)
    blocks = record(sensor(Walker(DEAF, 1, EngineNs(0)), info(place, 104.0), params), 20.0)
    t_ns = np.concatenate([block.t_ns for block in blocks])
    assert np.diff(t_ns).mean() == pytest.approx(NS_PER_S / (104.0 * 1.00005), rel=1e-6)
    assert np.diff(t_ns).max() - np.diff(t_ns).min() <= 1
    assert [block.seq for block in blocks] == list(range(len(blocks)))


def test_standing_is_gravity_and_noise() -> None:
    standing = replace(DEAF, start_delay_s=30.0)
    _, acc, gyr = joined(walked(standing, info(Placement.LOWER_BACK), 20.0))
    assert np.linalg.norm(acc.mean(axis=0)) == pytest.approx(9.81, abs=0.4)
    assert acc.std(axis=0).max() < 0.1
    assert gyr.std(axis=0).max() < 1.0


@pytest.mark.parametrize("place", PLACES[:3])
def test_the_projects_own_detectors_find_the_true_contacts(place: Placement) -> None:
    walker = Walker(DEAF, 1, EngineNs(0))
    imu = sensor(walker, info(place))
    detector = detector_for(imu.info)
    found: list[int] = []
    true: list[int] = []
    for end in range(BLOCK_NS, 90 * NS_PER_S, BLOCK_NS):
        true += [step.ic_ns for step in walker.advance(EngineNs(end)) if _seen(place, step.side)]
        block = imu.block(EngineNs(end))
        events = detector.process(block) if block else ()
        found += [event.ic_ns for event in events if isinstance(event, StepEvent)]
    pairs, false, missed = match_contacts(true, found)
    assert false <= 1
    assert missed <= 2
    errors_s = [(found[j] - true[i]) / NS_PER_S for i, j in pairs]
    assert abs(float(np.median(errors_s))) < 0.08
    assert float(np.std(errors_s)) < 0.03


def _seen(place: Placement, side: str) -> bool:
    return place is Placement.LOWER_BACK or place.value.startswith({"L": "left"}.get(side, "right"))


@pytest.mark.parametrize(
    ("name", "place", "columns"),
    [
        ("mobgap_HA001_Test5_Trial1_lower_back.npz", Placement.LOWER_BACK, (0, 2)),
        ("gaitmap_5047_2x20m_left_foot.npz", Placement.LEFT_FOOT, (2, 0)),
    ],
)
def test_size_and_spectrum_are_near_those_of_a_recording(
    gait_file: Callable[[str], Path], name: str, place: Placement, columns: tuple[int, int]
) -> None:
    real, rate_hz, cadence_spm = _walking_part(gait_file(name))
    person = replace(DEAF, preferred_spm=cadence_spm)
    t_s, acc, _ = joined(walked(person, info(place, rate_hz), 60.0))
    # Body axes are up, right, forward; the recordings' columns for up and forward differ.
    simulated = acc[t_s > 10.0][:, (0, 2)].astype(float)
    measured = real[:, columns]
    ratio = simulated.std(axis=0) / measured.std(axis=0)
    assert np.all((ratio > 0.6) & (ratio < 1.6))
    for low_hz, high_hz in ((1.0, 3.0), (3.0, 8.0), (8.0, 20.0)):
        shares = [_share(x, rate_hz, low_hz, high_hz) for x in (simulated, measured)]
        assert 0.33 < shares[0] / shares[1] < 3.0, f"{low_hz}-{high_hz} Hz"


def _walking_part(path: Path) -> tuple[np.ndarray, float, float]:
    """Return acceleration between the first contacts, rate and cadence of a recording."""
    with np.load(path) as z:
        contacts = z["ic_t"][:30]
        own = contacts[z["ic_side"][:30] == "L"]
        inside = (z["t"] > contacts[0]) & (z["t"] < contacts[-1])
        return z["acc"][inside], float(z["fs"]), 120.0 / float(np.median(np.diff(own)))


def _share(signal: np.ndarray, rate_hz: float, low_hz: float, high_hz: float) -> float:
    centered = (signal - signal.mean(axis=0)) * np.hanning(len(signal))[:, None]
    power = (np.abs(np.fft.rfft(centered, axis=0)) ** 2).sum(axis=1)
    hertz = np.fft.rfftfreq(len(signal), 1.0 / rate_hz)
    return float(power[(hertz >= low_hz) & (hertz < high_hz)].sum() / power[hertz > 0.3].sum())


def test_a_shank_shows_the_published_landmarks_of_its_sagittal_rate() -> None:
    # No recording of a shank is at hand: swing peak well above 150 deg/s in the second half of
    # the stride, troughs on both sides of it.
    even = replace(DEAF, timekeeper_sd_ratio=0.0, motor_sd_s=0.0, wander_sd_ratio=0.0)
    walker = Walker(even, 1, EngineNs(0))
    imu = sensor(walker, info(Placement.LEFT_SHANK), ImuParams(tilt_deg=0.0))
    t_s, _, gyr = joined(record(imu, 20.0))
    left = [step.ic_ns / NS_PER_S for step in walker.steps_from(0) if step.side == "L"]
    rate = gyr[(t_s >= left[-2]) & (t_s < left[-1]), 1]
    peak = int(np.argmax(rate))
    assert rate[peak] > 150.0
    assert 0.7 < peak / len(rate) < 0.9
    assert rate[: peak - 5].min() < -50.0
    assert rate[:10].min() < -40.0


def test_a_foot_on_the_other_side_is_the_mirror_image_half_a_stride_later() -> None:
    even = replace(DEAF, timekeeper_sd_ratio=0.0, motor_sd_s=0.0, wander_sd_ratio=0.0)
    clean = ImuParams(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1e-6, 1e-6)
    sides = []
    for place in (Placement.LEFT_FOOT, Placement.RIGHT_FOOT):
        imu = sensor(Walker(even, 1, EngineNs(0)), info(place, 190.0), clean)
        sides.append(joined(record(imu, 30.0))[1])
    step = 120  # samples: 60/95 s at 190 Hz
    left, right = sides[0][2000:3000], sides[1][2000 + step : 3000 + step]
    size = left.std(axis=0).max()
    assert np.abs(left * (1, -1, 1) - right).mean() < 0.12 * size


def test_values_stand_at_the_end_of_the_range_and_say_so() -> None:
    place = info(Placement.LEFT_FOOT, acc_range_mps2=19.6, gyr_range_dps=250.0)
    blocks = walked(DEAF, place, 20.0)
    assert max(np.abs(block.acc_mps2).max() for block in blocks) <= 19.7
    assert any(block.flags & BlockFlag.SATURATED for block in blocks)
    assert not all(block.flags & BlockFlag.SATURATED for block in blocks)


def test_a_sensor_without_gyroscope_gives_an_empty_array() -> None:
    place = SourceInfo("imu", Placement.LOWER_BACK, 100.0, has_gyro=False)
    assert walked(DEAF, place, 1.0)[0].gyr_dps.shape == (0, 3)


def test_same_seed_same_bytes_other_seed_other_noise() -> None:
    place = info(Placement.LOWER_BACK)
    runs = [
        joined(record(sensor(Walker(DEAF, 1, EngineNs(0)), place, seed=seed), 5.0))[1]
        for seed in (4, 4, 5)
    ]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_a_freeze_trembles_in_the_freeze_band() -> None:
    frozen = replace(DEAF, freeze_per_min=60.0, freeze_s=60.0)
    walker = Walker(frozen, 2, EngineNs(0))
    t_s, acc, _ = joined(record(sensor(walker, info(Placement.LEFT_SHANK)), 60.0))
    assert walker.frozen
    quiet = acc[t_s > 50.0].astype(float)
    assert _share(quiet, 100.0, 3.0, 8.0) > 0.8


def test_turning_shows_as_rotation_about_the_vertical() -> None:
    turning = replace(DEAF, turn_every_s=10.0, turn_s=5.0)
    _, _, gyr = joined(walked(turning, info(Placement.LOWER_BACK), 60.0))
    seconds = gyr[: 100 * (len(gyr) // 100), 0].reshape(-1, 100).mean(axis=1)
    assert seconds.max() == pytest.approx(180.0 / 5.0, rel=0.25)


def test_a_beat_bends_the_signal_without_a_jump_of_the_phase() -> None:
    person = replace(load_walker("entraining"), engage_beats=0, ignore_probability=0.0)
    walker = Walker(person, 1, EngineNs(0))
    phase = GaitPhase(walker, EngineNs(0))
    phases = []
    for k in range(1, 1000):
        if k % 14 == 0:
            walker.hear(EngineNs(k * BLOCK_NS - 60_000_000))
        t_ns = np.arange((k - 1) * 4 + 1, k * 4 + 1) * 10_000_000
        walker.advance(EngineNs(int(t_ns[-1])))
        phases.append(phase.at(t_ns).step_phase)
    joined_phase = np.concatenate(phases)[400:]  # after the first step
    steps = np.diff(joined_phase)
    assert steps.min() > 0.0
    assert steps.max() < 0.06  # at most 6 steps/s within a sample


def test_no_shape_for_a_pocket() -> None:
    with pytest.raises(WrongUse, match=r'placement "pocket"; use one of: .*lower_back'):
        sensor(Walker(DEAF, 1, EngineNs(0)), info(Placement.POCKET))
