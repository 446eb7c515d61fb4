"""What an inertial sensor feels of a step, at each phase of the stride, per placement.

A shape is the mean movement over one stride as a table, with a damped oscillation after contact.
The numbers stand in ``shapes/*.toml`` with their sources.

Deviations from a measured walk: every stride of one person has the same form, only its size and
speed change; acceleration grows with the square of the step rate and rotation with the step rate,
as the same movement done faster would.
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

TABLE_SIZE = 512
"""Points of a stride; the fastest harmonic kept has about 20 of them per period."""

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
        float64 (TABLE_SIZE + 1, 6): channels over stride phases 0..1, without gravity; the last
        row equals the first. Phase 0 is the left initial contact.
    transient_hz, transient_decay_s, transient
        Oscillation after contact; ``transient`` is (6,), its first amplitude per channel.
    contacts
        Stride phases of the contacts that cause the transient.
    """

    cadence_spm: float
    table: NDArray[np.float64]
    transient_hz: float
    transient_decay_s: float
    transient: NDArray[np.float64]
    contacts: tuple[float, ...]

    def movement(
        self,
        step_phase: NDArray[np.float64],
        cadence_spm: NDArray[np.float64],
        vigor: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the channels without gravity.

        Parameters
        ----------
        step_phase
            (n,), counts steps: an even integer is a left contact, an odd one a right contact.
        cadence_spm
            (n,), present step rate, steps/min.
        vigor
            (n,), size of the movement; 0 is standing still.

        Returns
        -------
        float64 (n, 6) in m/s2 and deg/s.
        """
        stride_phase = (step_phase / 2.0) % 1.0
        place = stride_phase * TABLE_SIZE
        low = place.astype(np.int64)
        part = (place - low)[:, None]
        moved = self.table[low] * (1.0 - part) + self.table[low + 1] * part
        moved += self._transients(stride_phase, cadence_spm)
        rate = cadence_spm / self.cadence_spm
        moved[:, :3] *= (vigor * rate * rate)[:, None]
        moved[:, 3:] *= (vigor * rate)[:, None]
        return moved

    def _transients(
        self, stride_phase: NDArray[np.float64], cadence_spm: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        stride_s = 120.0 / cadence_spm
        total = np.zeros(len(stride_phase))
        for contact in self.contacts:
            since_s = ((stride_phase - contact) % 1.0) * stride_s
            swing = np.sin(2.0 * np.pi * self.transient_hz * since_s)
            total += swing * np.exp(-since_s / self.transient_decay_s)
        return total[:, None] * self.transient


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
    table = _table(values["harmonics"], values["still_phase"])
    transient = np.array([*values["transient_acc_mps2"], 0.0, 0.0, 0.0])
    if placement in RIGHT_SIDED:
        return _shape(values, _half_a_stride_later(table) * MIRRORED, transient * MIRRORED, (0.5,))
    both = placement is Placement.LOWER_BACK
    return _shape(values, table, transient, (0.0, 0.5) if both else (0.0,))


def _half_a_stride_later(table: NDArray[np.float64]) -> NDArray[np.float64]:
    later = np.roll(table[:-1], TABLE_SIZE // 2, axis=0)
    return np.vstack([later, later[:1]])


def _shape(
    values: dict[str, Any],
    table: NDArray[np.float64],
    transient: NDArray[np.float64],
    contacts: tuple[float, ...],
) -> GaitShape:
    return GaitShape(
        values["cadence_spm"],
        table,
        values["transient_hz"],
        values["transient_decay_s"],
        transient,
        contacts,
    )


def _table(
    harmonics: dict[str, list[tuple[int, float, float]]], still_phase: list[float]
) -> NDArray[np.float64]:
    """Sum the cosines; let the channels be 0 on average over the phases in which it is still."""
    phase = np.arange(TABLE_SIZE + 1) / TABLE_SIZE
    table = np.zeros((TABLE_SIZE + 1, len(CHANNELS)))
    for column, channel in enumerate(CHANNELS):
        for number, amplitude, degrees in harmonics[channel]:
            angle = 2.0 * np.pi * number * phase + np.radians(degrees)
            table[:, column] += amplitude * np.cos(angle)
    if still_phase:
        still = (phase >= still_phase[0]) & (phase < still_phase[1])
        table -= table[still].mean(axis=0)
    return table
