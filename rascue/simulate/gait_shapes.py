"""What an inertial sensor feels of a step, at each phase of the stride, per placement.

A shape is the mean movement over one stride as a table, with a damped oscillation after contact.
The numbers stand in ``shapes/*.toml`` with their sources.

Deviations from a measured walk: every stride of one person has the same form, only its size and
speed change, and the oscillation is stretched with the stride; acceleration grows with the square
of the step rate and rotation with the step rate, as the same movement done faster would.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.core.errors import WrongUse
from rascue.core.types import Placement
from rascue.steps.base import FOOT_PLACEMENTS, SHANK_PLACEMENTS

CHANNELS = ("acc_up", "acc_right", "acc_forward", "gyr_up", "gyr_right", "gyr_forward")
"""Columns of every shape: m/s2 and deg/s in the body frame."""

TABLE_SIZE = 4096
"""Points of a stride; the fastest oscillation kept has about 100 of them per period."""

PHASE = np.arange(TABLE_SIZE) / TABLE_SIZE

MIRRORED = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
"""What becomes of a left side's channels on the right (rotation is an axial vector)."""

FILE_OF = dict.fromkeys(FOOT_PLACEMENTS, "foot") | dict.fromkeys(SHANK_PLACEMENTS, "shank")
FILE_OF[Placement.LOWER_BACK] = "lower_back"

RIGHT_SIDED = frozenset({Placement.RIGHT_FOOT, Placement.RIGHT_SHANK})


@dataclass(frozen=True, slots=True, eq=False)
class GaitShape:
    """The movement of one placement over a stride.

    Parameters
    ----------
    cadence_spm
        Cadence at which the movement has the size in the table, steps/min.
    table
        float64 (TABLE_SIZE, 6): channels over stride phases 0..1, without gravity. Phase 0 is the
        left initial contact.
    """

    cadence_spm: float
    table: NDArray[np.float64]

    def at(self, step_phase: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return rows of the table for phases (n,) that count steps, an even one a left contact."""
        return (step_phase * (TABLE_SIZE / 2)).astype(np.int64) % TABLE_SIZE


@cache
def gait_shape(placement: Placement) -> GaitShape:
    """Return the shape for a placement.

    Raises
    ------
    WrongUse
        When no shape exists for it.
    """
    if placement not in FILE_OF:
        known = ", ".join(sorted(FILE_OF))
        raise WrongUse(f'no simulated movement for placement "{placement}"; use one of: {known}')
    name = f"{FILE_OF[placement]}.toml"
    text = (files("rascue.simulate") / "shapes" / name).read_text("utf-8")
    values = tomllib.loads(text)
    table = _cosines(values["harmonics"])
    table += _ringing(values, both_feet=placement is Placement.LOWER_BACK)
    table -= _still(table, values["still_phase"])
    if placement in RIGHT_SIDED:
        table = np.roll(table, TABLE_SIZE // 2, axis=0) * MIRRORED
    return GaitShape(values["cadence_spm"], table)


def _cosines(harmonics: dict[str, list[tuple[int, float, float]]]) -> NDArray[np.float64]:
    table = np.zeros((TABLE_SIZE, len(CHANNELS)))
    for column, channel in enumerate(CHANNELS):
        for number, amplitude, degrees in harmonics[channel]:
            angle = 2.0 * np.pi * number * PHASE + np.radians(degrees)
            table[:, column] += amplitude * np.cos(angle)
    return table


def _ringing(values: dict[str, Any], *, both_feet: bool) -> NDArray[np.float64]:
    """Return the damped oscillation after each contact that the sensor feels."""
    stride_s = 120.0 / values["cadence_spm"]
    swing = np.zeros(TABLE_SIZE)
    for contact in (0.0, 0.5) if both_feet else (0.0,):
        since_s = ((PHASE - contact) % 1.0) * stride_s
        fading = np.exp(-since_s / values["transient_decay_s"])
        swing += np.sin(2.0 * np.pi * values["transient_hz"] * since_s) * fading
    return np.outer(swing, [*values["transient_acc_mps2"], 0.0, 0.0, 0.0])


def _still(table: NDArray[np.float64], still_phase: list[float]) -> NDArray[np.float64]:
    """Return the mean over the phases in which the sensor is still: what standing would show."""
    if not still_phase:
        return np.zeros(len(CHANNELS))
    still = (still_phase[0] <= PHASE) & (still_phase[1] > PHASE)
    return np.asarray(table[still].mean(axis=0))
