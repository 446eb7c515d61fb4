"""The FUSE bus, and modelled chips in simulated time on a busy machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs, ImuBlock, Placement
from rascue.sensor.chip import HostTime, Trouble
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.sensor.i2c_source import I2cSource
from rascue.testing.i2c.direct_bus import DirectBus
from rascue.testing.i2c.faults import FaultyLine
from rascue.testing.i2c.fuse_bus import FuseBus, is_fuse_usable
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import Motion, NoisyRest
from rascue.testing.i2c.register_chip import RegisterChip, Samples
from rascue.testing.i2c.simulated_time import SimulatedTime
from rascue.testing.i2c.wire import Wires

ADDRESS = 0x6A
LATE_WAKE_S, LATE_BYTE_S = 3e-3, 1e-4
"""Means of exponential delays: a thread on a busy machine, and one part of a transfer (EMBEDDED 1.1
measured a read of 12 bytes at 0.09 ms above its time on the wire)."""


@pytest.fixture
def fuse_folder(tmp_path: Path) -> Path:
    if not is_fuse_usable():
        message = "the FUSE bus needs root and /dev/fuse"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return tmp_path / "bus"


@pytest.fixture
def fuse_bus(fuse_folder: Path) -> Iterator[Callable[..., FuseBus]]:
    opened: list[FuseBus] = []

    def mount(**buses: Wires) -> FuseBus:
        named = {name.replace("_", "-"): wires for name, wires in buses.items()}
        opened.append(FuseBus(fuse_folder, named))
        return opened[-1]

    yield mount
    for bus in opened:
        bus.close()


@dataclass
class Truth:
    """What a modelled chip took."""

    t_ns: list[int] = field(default_factory=list)
    raw: list[NDArray[np.int16]] = field(default_factory=list)

    def take(self, samples: Samples) -> None:
        self.t_ns += samples[0].tolist()
        self.raw += list(samples[1])

    def errors_s(self, blocks: list[ImuBlock]) -> NDArray[np.float64]:
        """Return how much too late each sample is dated, by order of samples near it."""
        true_ns = np.array(self.t_ns)
        given_ns = np.concatenate([block.t_ns for block in blocks])
        after = np.clip(np.searchsorted(true_ns, given_ns), 1, len(true_ns) - 1)
        nearest = np.where(
            np.abs(true_ns[after] - given_ns) < np.abs(true_ns[after - 1] - given_ns),
            true_ns[after],
            true_ns[after - 1],
        )
        return (given_ns - nearest) / NS_PER_S


class Bench:
    """One chip with its source in simulated time."""

    def __init__(
        self,
        chip: str = "lsm6dsox",
        *,
        speed: float = 1.0,
        motion: Motion | None = None,
        busy: bool = False,
        placement: Placement = Placement.LOWER_BACK,
    ) -> None:
        self.time = SimulatedTime()
        self.truth = Truth()
        self.line = FaultyLine(self.time)
        self.troubles: list[Trouble] = []
        self._rng = np.random.default_rng(3)
        self._busy = busy
        self.model: RegisterChip = MODELS[chip](
            motion or NoisyRest(1), self.time, speed, self.truth.take
        )
        self.wires = Wires({ADDRESS: self.model}, self._late(LATE_BYTE_S), line=self.line)
        self.source: I2cSource = i2c_source(
            I2cSpec(chip, "modelled wires", ADDRESS),
            placement,
            HostTime(self.time, self._late(LATE_WAKE_S)),
            open_bus=lambda: DirectBus(self.wires),
            on_trouble=lambda _, trouble: self.troubles.append(trouble),
        )

    def read_for(self, seconds: float) -> list[ImuBlock]:
        end_ns = EngineNs(self.time.now_ns() + round(seconds * NS_PER_S))
        blocks = []
        while self.time.now_ns() < end_ns:
            block = self.source.read(0.25)
            blocks += [] if block is None else [block]
        return blocks

    def _late(self, mean_s: float) -> Callable[[float], None]:
        def wait(seconds: float) -> None:
            late_s = self._rng.exponential(mean_s) if self._busy else 0.0
            self.time.sleep(seconds + late_s)

        return wait
