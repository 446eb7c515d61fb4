"""An inertial sensor worn by a simulated walker: true contacts -> ``ImuBlock`` as a stream.

Samples follow the walker's plan of the next contact (see ``gait_phase``), so a beat may still move
that contact and the sensor adds no lag of its own. Runs in the thread of whoever calls ``block``.

Not modelled: magnetometer, temperature, cross-axis sensitivity, vibration of a loose strap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import BlockFlag, EngineNs, Frame, ImuBlock, SourceInfo
from rascue.simulate.gait_phase import GaitPhase
from rascue.simulate.gait_shapes import gait_shape
from rascue.simulate.walker import Walker

GRAVITY_MPS2 = 9.80665

TREMBLE_HZ = 6.0
"""Trembling of the legs in a freeze; the freeze band is 3-8 Hz (FIELD C10)."""

TREMBLE_ACC_MPS2 = 1.5
"""Size of that trembling. Default, not evidence."""

SHAKE_DIRECTION = np.array([0.5, 1.0])
"""Share of the trembling that is felt upward and forward. Default, not evidence."""

TISSUE_S = 0.03
"""How long one soft-tissue movement lasts, s. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class ImuParams:
    """How good the sensor is and how it is worn.

    The noise is that of current consumer MEMS parts at their data rates (order of magnitude; no
    single data sheet); movement noise brings the spread between strides near that of the
    recordings. All are defaults, not evidence.

    Parameters
    ----------
    acc_noise_mps2, gyr_noise_dps
        White noise per sample, SD.
    acc_bias_mps2, gyr_bias_dps
        SD of the constant error of each axis, drawn once.
    movement_noise_mps2
        SD of soft-tissue movement while walking, lasting about 30 ms.
    tilt_deg
        SD of the rotation by which the sensor is worn off its axes, about each axis.
    clock_error_ppm
        How much faster the sensor samples than its nominal rate, parts per million.
    acc_step_mps2, gyr_step_dps
        Quantization.
    """

    acc_noise_mps2: float = 0.06
    gyr_noise_dps: float = 0.3
    acc_bias_mps2: float = 0.1
    gyr_bias_dps: float = 0.8
    movement_noise_mps2: float = 0.4
    tilt_deg: float = 5.0
    clock_error_ppm: float = 40.0
    acc_step_mps2: float = 0.0048
    gyr_step_dps: float = 0.061


class VirtualImu:
    """One sensor on one walker.

    Parameters
    ----------
    walker
        Shared with whatever else looks at this person; advanced as far as samples are asked for.
    info
        Placement, rate and ranges; shapes exist for lower back, feet and shanks.
    seed
        Of noise and of the way it is worn.
    start_ns
        No sample lies before.
    """

    def __init__(
        self,
        walker: Walker,
        info: SourceInfo,
        params: ImuParams,
        seed: int,
        start_ns: EngineNs,
    ) -> None:
        self.info = info
        self._walker = walker
        self._params = params
        self._shape = gait_shape(info.placement)
        self._rng = np.random.default_rng([seed, *info.source_id.encode()])
        rotation = _small_rotation(self._rng.normal(0.0, params.tilt_deg, 3))
        self._turn = np.kron(np.eye(2), rotation.T)
        self._bias = self._rng.normal(0.0, 1.0, 6) * _six(params.acc_bias_mps2, params.gyr_bias_dps)
        self._noise_sd = _six(params.acc_noise_mps2, params.gyr_noise_dps)
        self._grid = _six(params.acc_step_mps2, params.gyr_step_dps)
        self._range = _ranges(info)
        self._start_ns = start_ns
        self._interval_ns = NS_PER_S / (info.rate_hz * (1.0 + params.clock_error_ppm * 1e-6))
        self._n_samples = 0
        self._seq = 0
        self._phase = GaitPhase(walker, start_ns)
        self._tissue = np.zeros(3)

    def block(self, to_ns: EngineNs) -> ImuBlock | None:
        """Return the samples after the last block up to ``to_ns``; None when there is none yet."""
        end = math.floor((to_ns - self._start_ns) / self._interval_ns) + 1
        if end <= self._n_samples:
            return None
        counts = np.arange(self._n_samples, end)
        self._n_samples = end
        t_ns = self._start_ns + np.round(counts * self._interval_ns).astype(np.int64)
        self._walker.advance(EngineNs(int(t_ns[-1])))
        acc, gyr, flags = self._measured(self._felt(t_ns))
        block = ImuBlock(self.info.source_id, self._seq, t_ns, acc, gyr, Frame.SENSOR, flags)
        self._seq += 1
        return block

    def _felt(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what an ideal sensor, worn straight, would report: (n, 6)."""
        gait = self._phase.at(t_ns)
        felt = self._shape.movement(gait.step_phase, gait.cadence_spm, gait.vigor)
        felt[:, 0] += GRAVITY_MPS2
        felt[:, 3] += gait.yaw_dps
        felt[:, (0, 2)] += self._shake(t_ns, gait.tremble)
        felt[:, :3] += self._soft_tissue(len(t_ns)) * gait.vigor[:, None]
        return felt

    def _shake(self, t_ns: NDArray[np.int64], tremble: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trembling of a freeze, (n, 2): up and forward, m/s2."""
        angle = 2.0 * np.pi * TREMBLE_HZ / NS_PER_S * (t_ns - self._start_ns)
        size = TREMBLE_ACC_MPS2 * tremble * np.sin(angle)
        return np.outer(size, SHAKE_DIRECTION)

    def _soft_tissue(self, n: int) -> NDArray[np.float64]:
        """Return movement of skin and strap: first-order noise, (n, 3), m/s2."""
        keep = math.exp(-1.0 / (TISSUE_S * self.info.rate_hz))
        scale = self._params.movement_noise_mps2 * math.sqrt(1.0 - keep * keep)
        moved = _memory(n, keep) @ np.vstack([self._tissue, self._rng.normal(0.0, scale, (n, 3))])
        self._tissue = moved[-1]
        return moved

    def _measured(
        self, felt: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], BlockFlag]:
        """Return what the real sensor reports: turned, biased, noisy, clipped, quantized."""
        noise = self._rng.normal(0.0, 1.0, felt.shape) * self._noise_sd
        raw = felt @ self._turn + self._bias + noise
        clipped = bool((np.abs(raw) >= self._range).any())
        bounded = np.clip(raw, -self._range, self._range)
        digital = ((bounded / self._grid).round() * self._grid).astype(np.float32)
        flags = BlockFlag.SATURATED if clipped else BlockFlag.NONE
        return digital[:, :3], digital[:, 3:] if self.info.has_gyro else digital[:0, 3:], flags


@lru_cache(maxsize=64)
def _memory(n: int, keep: float) -> NDArray[np.float64]:
    """Return (n, n + 1): how state before and kicks add up in first-order noise."""
    lag = np.arange(1, n + 1)[:, None] - np.arange(n + 1)[None, :]
    return np.where(lag >= 0, keep ** np.maximum(lag, 0), 0.0)


def _six(acc: float, gyr: float) -> NDArray[np.float64]:
    """Return one value for the three axes of each sensor."""
    return np.repeat((acc, gyr), 3)


def _ranges(info: SourceInfo) -> NDArray[np.float64]:
    acc, gyr = info.acc_range_mps2, info.gyr_range_dps
    gyr = gyr if info.has_gyro else None
    return _six(math.inf if acc is None else acc, math.inf if gyr is None else gyr)


def _small_rotation(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation matrix of a rotation vector in degrees (Rodrigues' formula)."""
    angle = float(np.radians(np.linalg.norm(degrees)))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = degrees / np.linalg.norm(degrees)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned: NDArray[np.float64] = (
        np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * cross @ cross
    )
    return turned
