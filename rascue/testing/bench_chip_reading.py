"""What reading a chip costs and how true its samples are, through the kernel.

The chip is a model behind the FUSE bus in a process of its own, as hardware would be; smbus2, ioctl
and driver are those of the product.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep, thread_time

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import seconds_between
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.session.host import HostClock
from rascue.testing.bench_sensors import ADDRESS, CHIPS, SPEED, Taken, nearest_places, read_for
from rascue.testing.bench_table import BenchTable, Cell
from rascue.testing.i2c.fuse_bus import FuseBus, is_fuse_usable
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import EndlessWalk
from rascue.testing.i2c.walks import walk
from rascue.testing.i2c.wire import Wires

READ_S = 15.0
BUS_NAME = "i2c-1"
PLAIN_LOAD_TURNS = 1_000_000
MISTAKEN_PLACES = np.array([0, -1, 1, -2, 2])
"""Before the clock is tied a sample may be dated up to two samples wrong."""


@dataclass(slots=True, eq=False)
class Bus:
    """The chip's process: what it took is known when it has ended."""

    path: str
    t_ns: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    raw: NDArray[np.int16] = field(default_factory=lambda: np.empty((0, 6), np.int16))
    lsb: NDArray[np.float64] = field(default_factory=lambda: np.ones(6))


def kernel_table() -> BenchTable:
    """Return cost and truth of reading each chip at about 208 Hz through the kernel."""
    title = f"Reading one chip through the kernel, 2 x {READ_S:g} s, oscillator {SPEED - 1:+.0%}"
    if not is_fuse_usable():
        return BenchTable(title, (), (), "needs root and /dev/fuse")
    rows = tuple(_row(chip) for chip in CHIPS)
    return BenchTable(
        title,
        (
            "chip",
            "rate Hz",
            "% of a core at first",
            "% then",
            "plain loads/s then",
            "time RMS ms",
            "lost",
            "values off > 1 LSB",
            "tied s",
        ),
        rows,
        "Processor time of the reading thread; a plain load is a million turns of a Python loop. "
        f"Time errors of samples whose clock is tied. Load average {os.getloadavg()[0]:.1f}.",
    )


def _row(chip: str) -> tuple[Cell, ...]:
    clock = HostClock()
    with _bus(chip) as bus:
        host = HostTime(clock, sleep)
        source = i2c_source(I2cSpec(chip, bus.path, ADDRESS), Placement.LEFT_SHANK, host)
        source.open()
        begun_ns = clock.now_ns()
        given: list[ImuBlock] = []
        costs, loads_s = [], []
        for _ in range(2):
            loads_s.append(_plain_load_s())
            from_ns, from_s = clock.now_ns(), thread_time()
            given += read_for(source, clock, READ_S)
            costs.append((thread_time() - from_s) / seconds_between(from_ns, clock.now_ns()))
        source.close()
    percents = (100.0 * costs[0], 100.0 * costs[1], costs[1] / loads_s[1])
    return (chip, source.info.rate_hz, *percents, *_truth(bus, given, begun_ns))


def _truth(bus: Bus, given: list[ImuBlock], begun_ns: EngineNs) -> tuple[Cell, ...]:
    tied = [block for block in given if not block.flags & BlockFlag.TIME_UNLOCKED]
    places, errors_s = nearest_places(bus.t_ns, np.concatenate([one.t_ns for one in tied]))
    off = np.abs(_values(tied) / bus.lsb - bus.raw[places]).max(axis=1) > 1.0
    rms_ms = 1e3 * float(np.sqrt(np.mean(errors_s**2)))
    return rms_ms, _lost(bus, given), int(off.sum()), seconds_between(begun_ns, tied[0].first_ns)


def _lost(bus: Bus, given: list[ImuBlock]) -> int:
    """Return how many samples are missing between the first and the last given out.

    Samples are recognized by their values: the first may be dated wrong by more than half a period.
    """
    near, _ = nearest_places(bus.t_ns, np.concatenate([block.t_ns for block in given]))
    places = np.clip(near[:, np.newaxis] + MISTAKEN_PLACES, 0, len(bus.raw) - 1)
    off = np.abs(bus.raw[places] - (_values(given) / bus.lsb)[:, np.newaxis]).max(axis=2)
    own = places[np.arange(len(places)), off.argmin(axis=1)]
    return int(own[-1] - own[0] + 1 - len(np.unique(own)))


def _values(blocks: list[ImuBlock]) -> NDArray[np.float32]:
    return np.concatenate([np.hstack((block.acc_mps2, block.gyr_dps)) for block in blocks])


def _plain_load_s() -> float:
    from_s, total = thread_time(), 0
    for turn in range(PLAIN_LOAD_TURNS):
        total += turn * turn
    return thread_time() - from_s


@contextmanager
def _bus(chip: str) -> Iterator[Bus]:
    """Run a chip's process as long as the ``with``."""
    ways = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="rascue-") as scratch:
        folder = Path(scratch) / "bus"
        own, others = ways.Pipe()
        process = ways.Process(target=_serve, args=(chip, folder, others), daemon=True)
        process.start()
        own.recv()
        bus = Bus(str(folder / BUS_NAME))
        try:
            yield bus
        finally:
            own.send(None)
            bus.t_ns, bus.raw, bus.lsb = own.recv()
            process.join()


def _serve(chip: str, folder: Path, asked: Connection) -> None:
    """Serve the bus until asked for what the chip took."""
    clock, taken = HostClock(), Taken()
    model = MODELS[chip](EndlessWalk(walk(), clock.now_ns()), clock, SPEED, taken)
    with FuseBus(folder, {BUS_NAME: Wires({ADDRESS: model}, sleep)}):
        asked.send(None)
        asked.recv()
    asked.send((np.array(taken.t_ns), np.array(taken.raw), np.repeat(model.scales(), 3)))
