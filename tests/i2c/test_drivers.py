"""Every driver against its model, on a busy machine in simulated time."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import BlockFlag, ImuBlock, Placement, StepEvent
from rascue.sensor.i2c_choose import WEAR
from rascue.sensor.recording import Recording, load_recording, recording_of_blocks
from rascue.sensor.replay import blocks
from rascue.steps.choose import detector_for
from rascue.testing.i2c.motion import RecordedMotion
from rascue.testing.i2c.simulated_time import START_NS
from rascue.testing.sources import ImuSourceContract
from tests.i2c.conftest import Bench

CHIPS = ("lsm6dsox", "ism330dhcx", "mpu6050", "mpu9250", "icm42688")
WALK = "mobgap_HA001_Test5_Trial1_lower_back.npz"
LONG_WALK = "mobgap_HA001_Test11_Trial1_lower_back.npz"


class TestChipKeepsTheContract(ImuSourceContract):
    def make_source(self):  # type: ignore[no-untyped-def]
        return Bench().source


def locked(given: list[ImuBlock]) -> list[ImuBlock]:
    return [block for block in given if not block.flags & BlockFlag.TIME_UNLOCKED]


@pytest.mark.parametrize("speed", [0.95, 1.05])
@pytest.mark.parametrize("chip", CHIPS)
def test_sample_times_are_true_to_a_fifth_of_a_millisecond(chip: str, speed: float) -> None:
    bench = Bench(chip, speed=speed, busy=True)
    bench.source.open()
    given = bench.read_for(60.0)
    errors_s = bench.truth.errors_s(locked(given))
    assert np.sqrt(np.mean(errors_s**2)) < 0.2e-3
    assert locked(given)[0].t_ns[0] - START_NS < 15e9
    assert not any(block.flags & BlockFlag.GAP_BEFORE for block in given)
    assert bench.troubles == []


@pytest.mark.parametrize("chip", CHIPS)
def test_measured_rate_is_the_true_one(chip: str) -> None:
    bench = Bench(chip, speed=1.04)
    bench.source.open()
    bench.read_for(20.0)
    assert bench.source.rate_ratio == pytest.approx(1.04, abs=2e-4)


def test_nothing_is_lost_in_ten_minutes() -> None:
    bench = Bench(speed=1.05, busy=True)
    bench.source.open()
    n_before = len(bench.truth.t_ns)
    given = bench.read_for(600.0)
    n_given = sum(block.n for block in given)
    assert 0 <= len(bench.truth.t_ns) - n_before - n_given < 30  # what is still in the memory
    assert not any(block.flags & BlockFlag.GAP_BEFORE for block in given)


def walk_through(chip: str, recording: Recording, speed: float) -> tuple[Bench, list[ImuBlock]]:
    bench = Bench(chip, speed=speed, motion=RecordedMotion(recording, START_NS), busy=True)
    bench.source.open()
    return bench, bench.read_for(recording.duration_s)


@pytest.mark.parametrize("chip", CHIPS)
def test_a_recorded_walk_keeps_its_values(chip: str, gait_file) -> None:
    recording = load_recording(gait_file(WALK))
    bench, given = walk_through(chip, recording, 1.05)
    acc_lsb = bench.source.info.acc_range_mps2 / 32767
    gyr_lsb = bench.source.info.gyr_range_dps / 32767
    lsb = np.repeat([acc_lsb, gyr_lsb], 3)
    true_ns = np.array(bench.truth.t_ns)
    raw = np.array(bench.truth.raw)
    t_ns = np.concatenate([block.t_ns for block in given])
    values = np.hstack(
        [
            np.concatenate([block.acc_mps2 for block in given]),
            np.concatenate([block.gyr_dps for block in given]),
        ]
    )
    assert not any(block.flags & BlockFlag.GAP_BEFORE for block in given)
    last = int(np.abs(true_ns - t_ns[-1]).argmin())  # the clock is tied by then
    places = last + 1 - len(t_ns) + np.arange(len(t_ns))
    assert (np.abs(values - raw[places] * lsb) <= lsb).all()
    assert len(t_ns) > 0.9 * (recording.duration_s - 1.0) * bench.source.info.rate_hz


def steps_s(recording: Recording) -> np.ndarray:
    detector = detector_for(recording.info)
    found = [event for block in blocks(recording, 10) for event in detector.process(block)]
    return np.array([event.ic_ns for event in found if isinstance(event, StepEvent)]) / 1e9


def as_taken(bench: Bench, from_ns: int) -> Recording:
    """Return what the model took, at the instants at which it did."""
    true_ns = np.array(bench.truth.t_ns)
    kept = true_ns > from_ns - 2_000_000
    lsb = np.repeat(bench.model.scales(), 3)
    values = (np.array(bench.truth.raw)[kept] * lsb).astype(np.float32)
    t_ns = true_ns[kept] - true_ns[kept][0]
    no_gaps = np.zeros(len(t_ns), np.bool_)
    return Recording(bench.source.info, t_ns, values[:, :3], values[:, 3:], no_gaps)


@pytest.mark.parametrize("speed", [0.95, 1.05])
def test_steps_are_those_of_a_direct_replay_of_what_the_chip_took(speed: float, gait_file) -> None:
    bench, given = walk_through("lsm6dsox", load_recording(gait_file(LONG_WALK)), speed)
    through_s = steps_s(recording_of_blocks(bench.source.info, given))
    direct_s = steps_s(as_taken(bench, given[0].first_ns))
    hits = sum(np.abs(through_s - step_s).min() < 0.02 for step_s in direct_s)
    assert len(direct_s) > 20
    assert 2 * hits / (len(direct_s) + len(through_s)) > 0.995


def test_stamps_may_overflow() -> None:
    from rascue.testing.i2c.lsm6dsox_model import Lsm6dsoxModel

    bench = Bench()
    assert isinstance(bench.model, Lsm6dsoxModel)
    bench.model._first_stamp = 2**32 - 200_000
    bench.source.open()
    given = bench.read_for(20.0)
    assert not any(block.flags & BlockFlag.GAP_BEFORE for block in given)
    assert sum(block.n for block in given) > 2000


def test_full_scale_is_marked() -> None:
    class Hard:
        def at(self, t_ns):  # type: ignore[no-untyped-def]
            rng = np.random.default_rng(int(t_ns[0]) % 1000)
            return np.hstack([np.full((len(t_ns), 1), 500.0), rng.normal(0, 1, (len(t_ns), 5))])

    bench = Bench(motion=Hard())
    bench.source.open()
    assert any(block.flags & BlockFlag.SATURATED for block in bench.read_for(1.0))


def test_every_place_of_the_body_has_settings() -> None:
    assert WEAR.keys() == set(Placement)
