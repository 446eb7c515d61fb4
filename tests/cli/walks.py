"""One made-up walk as files, whole and damaged in every way that people meet."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import after
from rascue.core.types import EngineNs
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import load_scenario

RATE_HZ = 100.0
WALK_S = 30.0
START_NS = EngineNs(10**9)

Rows = NDArray[np.float64]
Damage = Callable[[Rows], Rows]


@cache
def walk() -> Rows:
    """Return rows of t (s), acceleration (m/s2) and angular rate (deg/s) at the lower back."""
    person = SimulatedPerson(load_scenario("demo"), seed=2, start_ns=START_NS)
    block = person.block(0, after(START_NS, WALK_S))
    assert block is not None
    t_s = np.arange(block.n) / RATE_HZ
    rows = np.column_stack([t_s, block.acc_mps2, block.gyr_dps]).astype(np.float64)
    rows.flags.writeable = False
    return rows


def write_csv(path: Path, rows: Rows, header: str = "t,ax,ay,az,gx,gy,gz") -> Path:
    """Write a recording as text."""
    np.savetxt(path, rows, fmt="%.6f", delimiter=",", header=header, comments="")
    return path


def write_npz(path: Path, rows: Rows) -> Path:
    """Write a recording as NumPy's archive, in its units."""
    np.savez(
        path, t=rows[:, 0], acc=rows[:, 1:4], gyr=np.radians(rows[:, 4:]), fs=RATE_HZ,
        location="lower_back",
    )  # fmt: skip
    return path


def changed(change: Callable[[Rows], None]) -> Damage:
    """Return a damage that changes a copy of the rows in place."""

    def damage(rows: Rows) -> Rows:
        copy = rows.copy()
        change(copy)
        return copy

    return damage


def _in_g(rows: Rows) -> None:
    rows[:, 1:4] /= 9.80665


def _in_milliseconds(rows: Rows) -> None:
    rows[:, 0] *= 1000.0


def _without_gravity(rows: Rows) -> None:
    rows[:, 1:4] -= rows[:, 1:4].mean(axis=0)


def _back_in_time(rows: Rows) -> None:
    rows[1500, 0] = rows[1400, 0]


def _no_time(rows: Rows) -> None:
    rows[700, 0] = np.nan


def _nothing(rows: Rows) -> None:
    rows[:, 1:] = np.nan


def _no_turning(rows: Rows) -> None:
    rows[:, 4:] *= 1e4


REFUSED: dict[str, tuple[Damage, str]] = {
    "in g": (changed(_in_g), "it looks like g: multiply by 9.80665"),
    "in milliseconds": (changed(_in_milliseconds), "times must be in seconds"),
    "without gravity": (changed(_without_gravity), "gravity seems to have been removed"),
    "time runs back": (changed(_back_in_time), "time does not increase"),
    "a time is no number": (changed(_no_time), "the time is not a number"),
    "no value at all": (changed(_nothing), "record again"),
    "angular rates of no gyroscope": (changed(_no_turning), "are not plausible"),
    "10 samples a second": (lambda rows: rows[::10], "too few to find steps; record at 25 or more"),
    "one sample": (lambda rows: rows[:1], "record again"),
    "no sample": (lambda rows: rows[:0], "record again"),
}
"""What is wrong -> how it comes about, and what the line says about it."""


def _gap(rows: Rows) -> Rows:
    return np.delete(rows, slice(1000, 1150), axis=0)


def _some_nan(rows: Rows) -> None:
    rows[500:503, 2] = np.nan


TOLD: dict[str, tuple[Damage, str]] = {
    "a gap": (_gap, "1 gaps, the longest of 1.51 s"),
    "some values missing": (changed(_some_nan), "3 samples without usable values were left out"),
}
"""What is doubtful -> how it comes about, and what is said while the work is done."""
