"""Recorded walks through modelled chips: the steps of what comes out, against what went in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S, Clock, seconds_between
from rascue.core.types import ImuBlock, Placement, StepEvent
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.sensor.i2c_source import I2cSource
from rascue.sensor.recording import Recording, load_recording, recording_of_blocks
from rascue.sensor.replay import blocks
from rascue.steps.choose import detector_for
from rascue.testing.bench_table import BenchTable, Cell
from rascue.testing.i2c.direct_bus import DirectBus
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import RecordedMotion
from rascue.testing.i2c.register_chip import Samples
from rascue.testing.i2c.simulated_time import START_NS, SimulatedTime
from rascue.testing.i2c.wire import Wires

CHIPS = ("lsm6dsox", "ism330dhcx", "mpu6050", "mpu9250", "icm42688")
ADDRESS = 0x6A
SPEED = 1.05
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
        t_ns = np.concatenate([block.t_ns for block in given])
        return nearest_places(np.array(self.t_ns), t_ns)


def nearest_places(
    true_ns: NDArray[np.int64], t_ns: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return where each instant stands among the true ones, and how much too late it is, s."""
    after = np.clip(np.searchsorted(true_ns, t_ns), 1, len(true_ns) - 1)
    closer = np.abs(true_ns[after - 1] - t_ns) <= np.abs(true_ns[after] - t_ns)
    places = np.where(closer, after - 1, after)
    return places, (t_ns - true_ns[places]) / NS_PER_S


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


def read_for(source: I2cSource, clock: Clock, seconds: float) -> Iterator[ImuBlock]:
    """Yield the blocks of so many seconds."""
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
    given = list(read_for(source, clock, recording.duration_s))
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
