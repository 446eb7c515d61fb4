"""What reading a chip costs and how true its samples are: through the kernel, on recorded walks.

The chips are models behind the FUSE bus; smbus2, ioctl and driver are those of the product.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import sleep, thread_time

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S, seconds_between
from rascue.core.types import BlockFlag, ImuBlock, Placement, StepEvent
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.sensor.i2c_source import I2cSource
from rascue.sensor.recording import Recording, load_recording, recording_of_blocks
from rascue.sensor.replay import blocks
from rascue.session.host import HostClock
from rascue.steps.choose import detector_for
from rascue.testing.bench_table import BenchTable, Cell
from rascue.testing.i2c.direct_bus import DirectBus
from rascue.testing.i2c.fuse_bus import FuseBus, is_fuse_usable
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import EndlessWalk, RecordedMotion
from rascue.testing.i2c.register_chip import Samples
from rascue.testing.i2c.simulated_time import START_NS, SimulatedTime
from rascue.testing.i2c.walks import walk
from rascue.testing.i2c.wire import Wires

CHIPS = ("lsm6dsox", "ism330dhcx", "mpu6050", "mpu9250", "icm42688")
ADDRESS = 0x6A
SPEED = 1.05
READ_S = 15.0
READ_TIMEOUT_S = 0.25
SAME_STEP_S = 0.02
WALKS = (
    "mobgap_HA001_Test5_Trial1_lower_back.npz",
    "mobgap_HA001_Test11_Trial1_lower_back.npz",
    "mobgap_MS001_Test5_Trial1_lower_back.npz",
)


class Taken:
    """All samples that a model took; called by it."""

    def __init__(self) -> None:
        self.t_ns: list[int] = []
        self.raw: list[NDArray[np.int16]] = []

    def __call__(self, samples: Samples) -> None:
        """Take more samples."""
        self.t_ns += samples[0].tolist()
        self.raw += list(samples[1])

    def behind(self, given: list[ImuBlock]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the places of the samples given out and their errors in time, s."""
        true_ns = np.array(self.t_ns)
        t_ns = np.concatenate([block.t_ns for block in given])
        after = np.clip(np.searchsorted(true_ns, t_ns), 1, len(true_ns) - 1)
        closer = np.abs(true_ns[after - 1] - t_ns) <= np.abs(true_ns[after] - t_ns)
        places = np.where(closer, after - 1, after)
        return places, (t_ns - true_ns[places]) / NS_PER_S


def kernel_table() -> BenchTable:
    """Return cost and truth of reading each chip at about 208 Hz through the kernel."""
    title = f"Reading one chip through the kernel, {READ_S:g} s, oscillator {SPEED - 1:+.0%}"
    if not is_fuse_usable():
        return BenchTable(title, (), (), "needs root and /dev/fuse")
    load = os.getloadavg()[0]
    return BenchTable(
        title,
        ("chip", "rate Hz", "% of a core", "time RMS ms", "lost", "values off > 1 LSB", "tied s"),
        tuple(_kernel_row(chip) for chip in CHIPS),
        f"Processor time of the reading thread; time errors of samples whose clock is tied. "
        f"Load average {load:.1f}.",
    )


def steps_table() -> BenchTable:
    """Return whether a walk through each chip gives the steps of what the chip took, replayed."""
    title = f"Steps of recorded walks through a chip, oscillator {SPEED - 1:+.0%}, simulated time"
    data = os.environ.get("RASCUE_GAIT_DATA")
    folder = Path(data) if data else Path(__file__).parents[3] / "shared" / "data" / "gait"
    if not (folder / WALKS[0]).exists():
        return BenchTable(title, (), (), f"{folder / WALKS[0]} is not there; set RASCUE_GAIT_DATA")
    walks = [load_recording(folder / name) for name in WALKS]
    rows = tuple(_steps_row(chip, walks) for chip in CHIPS)
    note = (
        f"The same step: within {SAME_STEP_S * 1e3:.0f} ms. Samples before the first are left out."
    )
    return BenchTable(title, ("chip", "steps", "F1 difference"), rows, note)


def _kernel_row(chip: str) -> tuple[Cell, ...]:
    clock, taken = HostClock(), Taken()
    model = MODELS[chip](EndlessWalk(walk(), clock.now_ns()), clock, SPEED, taken)
    with tempfile.TemporaryDirectory(prefix="rascue-") as scratch:
        wires = Wires({ADDRESS: model}, sleep)
        with FuseBus(Path(scratch) / "bus", {"i2c-1": wires}) as bus:
            spec = I2cSpec(chip, str(bus.path("i2c-1")), ADDRESS)
            source = i2c_source(spec, Placement.LEFT_SHANK, HostTime(clock, sleep))
            source.open()
            first, begun_ns = len(taken.t_ns), clock.now_ns()
            begun_s = thread_time()
            given = list(_read_for(source, clock))
            cost = (thread_time() - begun_s) / seconds_between(begun_ns, clock.now_ns())
            source.close()
    tied = [block for block in given if not block.flags & BlockFlag.TIME_UNLOCKED]
    places, errors_s = taken.behind(tied)
    values = np.concatenate([np.hstack((block.acc_mps2, block.gyr_dps)) for block in tied])
    lsb = np.repeat(model.scales(), 3)
    off = np.abs(values / lsb - np.array(taken.raw)[places]).max(axis=1) > 1.0
    every, _ = taken.behind(given)
    lost = int(every[-1] - max(first, every[0]) + 1 - np.count_nonzero(every >= first))
    tied_s = seconds_between(begun_ns, tied[0].first_ns)
    rms_ms = 1e3 * float(np.sqrt(np.mean(errors_s**2)))
    return chip, source.info.rate_hz, 100.0 * cost, rms_ms, lost, int(off.sum()), tied_s


def _read_for(
    source: I2cSource, clock: HostClock | SimulatedTime, seconds: float = READ_S
) -> Iterator[ImuBlock]:
    begun_ns = clock.now_ns()
    while seconds_between(begun_ns, clock.now_ns()) < seconds:
        block = source.read(READ_TIMEOUT_S)
        if block is not None:
            yield block


def _steps_row(chip: str, walks: list[Recording]) -> tuple[Cell, ...]:
    compared = [_through(chip, recording) for recording in walks]
    hits = sum(
        int(np.sum(np.abs(through - step_s).min(initial=np.inf) < SAME_STEP_S))
        for through, direct in compared
        for step_s in direct
    )
    n_steps = sum(len(direct) for _, direct in compared)
    both = n_steps + sum(len(through) for through, _ in compared)
    return chip, n_steps, 1.0 - 2 * hits / both


def _through(chip: str, recording: Recording) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the times of steps through the chip, and of what it took, replayed."""
    clock, taken = SimulatedTime(), Taken()
    model = MODELS[chip](RecordedMotion(recording, START_NS), clock, SPEED, taken)
    wires = Wires({ADDRESS: model}, clock.sleep)
    source = i2c_source(
        I2cSpec(chip, "modelled wires", ADDRESS),
        Placement.LOWER_BACK,
        HostTime(clock, clock.sleep),
        open_bus=partial(DirectBus, wires),
    )
    source.open()
    given = list(_read_for(source, clock, recording.duration_s))
    places, _ = taken.behind(given)
    true_ns = np.array(taken.t_ns[places[0] :])
    raw = np.array(taken.raw[places[0] :]) * np.repeat(model.scales(), 3)
    values, no_gaps = raw.astype(np.float32), np.zeros(len(true_ns), np.bool_)
    direct = Recording(
        source.info, true_ns - given[0].first_ns, values[:, :3], values[:, 3:], no_gaps
    )
    return _steps_s(recording_of_blocks(source.info, given)), _steps_s(direct)


def _steps_s(recording: Recording) -> NDArray[np.float64]:
    detector = detector_for(recording.info)
    found = [event for block in blocks(recording, 10) for event in detector.process(block)]
    return np.array([event.ic_ns for event in found if isinstance(event, StepEvent)]) / NS_PER_S
