"""Foot: how far it travelled from one rest to the next, by zero-velocity update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs, ImuBlock, StepEvent

Floats = NDArray[np.float64]

STRIDE_MAX_S = 3.0
"""Contacts further apart than this make no stride. Source: Mobilise-D (FIELD [95])."""

REST_S = 0.1
"""The foot is taken to rest where it turns least over so long. Default, not evidence."""

REST_PART = 0.6
"""Of the time from contact to contact: the foot's rest lies in this first part of it, which
is the stance of usual walking (60 % of the stride, Perry, Gait Analysis, 1992)."""

REST_RATE_MAX_DPS = 60.0
"""A foot that turns faster than this at its quietest did not rest: no length is given. Default,
not evidence."""


CONTACTS = 3
"""Two rests lie between so many contacts."""


@dataclass(frozen=True, slots=True)
class FootTravel:
    """One stride from rest to rest, m and m/s; told one stride late.

    Parameters
    ----------
    ic_ns, next_ic_ns
        The contacts before the two rests.
    length_m
        Horizontal distance between the rests, not below 0.
    speed_mps
        The same over the time between the rests.
    """

    ic_ns: EngineNs
    next_ic_ns: EngineNs
    length_m: float
    speed_mps: float


class FootTravelMeter:
    """Stride length and speed from a sensor on the foot; any mounting.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate; bounds the memory.

    Notes
    -----
    Between two rests the attitude is integrated from the rate, starting where the mean acceleration
    at rest is up; acceleration is turned upright, gravity taken away, integrated; the velocity at
    the second rest is drift and is taken away linearly; integrated again.

    Source: zero-velocity update as in Foxlin, IEEE Computer Graphics and Applications 25 (2005)
    38-46; linear removal of drift as in Rampp et al., IEEE Trans Biomed Eng 62 (2015) 1089-1097.
    Deviations: no Kalman filter; rests are sought between announced contacts, not by a threshold.
    Error: docs/detectors.md.
    """

    def __init__(self, rate_hz: float) -> None:
        self._keep = round(3.0 * STRIDE_MAX_S * rate_hz)
        self._window = max(1, round(REST_S * rate_hz))
        self.reset()

    def reset(self) -> None:
        """Forget the signal (after a gap)."""
        self._t_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self._acc: Floats = np.empty((0, 3))
        self._gyr: Floats = np.empty((0, 3))
        self._contacts: list[EngineNs] = []

    def process(self, block: ImuBlock, steps: Sequence[StepEvent]) -> list[FootTravel]:
        """Take a block and the contacts it revealed; return the strides now complete."""
        self._t_ns = np.concatenate([self._t_ns, block.t_ns])[-self._keep :]
        self._acc = np.concatenate([self._acc, block.acc_mps2])[-self._keep :]
        self._gyr = np.concatenate([self._gyr, block.gyr_dps])[-self._keep :]
        found = (self._contact(step.ic_ns) for step in steps)
        return [travel for travel in found if travel is not None]

    def _contact(self, ic_ns: EngineNs) -> FootTravel | None:
        self._contacts = [*self._contacts[-2:], ic_ns]
        if len(self._contacts) < CONTACTS:
            return None
        before, start, end = self._contacts
        first, last = self._rest(before, start), self._rest(start, end)
        if first is None or last is None:
            return None
        length_m = self._distance_m(first, last)
        duration_s = float(self._t_ns[last] - self._t_ns[first]) / NS_PER_S
        return FootTravel(before, start, length_m, length_m / duration_s)

    def _rest(self, from_ns: EngineNs, to_ns: EngineNs) -> int | None:
        """Return the middle of the quietest stretch after a contact; None without a rest."""
        if to_ns - from_ns > STRIDE_MAX_S * NS_PER_S or from_ns < self._t_ns[0]:
            return None
        until_ns = from_ns + round(REST_PART * (to_ns - from_ns))
        first, last = (int(k) for k in np.searchsorted(self._t_ns, [from_ns, until_ns]))
        if last - first < self._window:
            return None
        speed_dps = np.linalg.norm(self._gyr[first:last], axis=1)
        mean_dps = np.convolve(speed_dps, np.full(self._window, 1.0 / self._window), "valid")
        quietest = int(np.argmin(mean_dps))
        if mean_dps[quietest] > REST_RATE_MAX_DPS:
            return None
        return first + quietest + self._window // 2

    def _distance_m(self, first: int, last: int) -> float:
        half = self._window // 2
        up = self._acc[first - half : first + half + 1].mean(axis=0)
        dt_s = np.diff(self._t_ns[first : last + 1]) / NS_PER_S
        upright = _upright(self._acc[first : last + 1], self._gyr[first : last + 1], up, dt_s)
        level = upright[:, :2]
        velocity = _integral(level, dt_s)
        velocity -= np.linspace(0.0, 1.0, len(velocity))[:, None] * velocity[-1]
        return float(np.linalg.norm(_integral(velocity, dt_s)[-1]))


def _integral(signal: Floats, dt_s: Floats) -> Floats:
    """Return the running integral by trapezoids, beginning with zero, shape as the signal."""
    steps = 0.5 * (signal[1:] + signal[:-1]) * dt_s[:, None]
    return np.concatenate([np.zeros((1, signal.shape[1])), np.cumsum(steps, axis=0)])


def _upright(acc: Floats, gyr_dps: Floats, up: Floats, dt_s: Floats) -> Floats:
    """Return the accelerations (n, 3) in a frame whose third axis is up."""
    attitude = _level_frame(up)
    turned = np.empty_like(acc)
    turned[0] = attitude @ acc[0]
    turns = np.radians(0.5 * (gyr_dps[1:] + gyr_dps[:-1])) * dt_s[:, None]
    for k, turn in enumerate(turns):
        attitude = attitude @ _rotation(turn)
        turned[k + 1] = attitude @ acc[k + 1]
    return turned


def _level_frame(up: Floats) -> Floats:
    """Return the rotation (3, 3) from the sensor's frame to an upright one."""
    z = up / np.linalg.norm(up)
    x = np.eye(3)[int(np.argmin(np.abs(z)))]
    x = x - z * (x @ z)
    x /= np.linalg.norm(x)
    return np.array([x, np.cross(z, x), z])


def _rotation(vector: Floats) -> Floats:
    """Return the rotation (3, 3) by a vector in rad (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    x, y, z = vector
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    sine = np.sinc(angle / np.pi)
    versine = 0.5 * np.sinc(0.5 * angle / np.pi) ** 2
    return np.asarray(np.eye(3) + sine * skew + versine * (skew @ skew))
