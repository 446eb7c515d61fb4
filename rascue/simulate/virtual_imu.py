"""An inertial sensor worn by a simulated walker: true contacts -> ``ImuBlock`` as a stream.

Samples follow the walker's plan of the next contact (see ``gait_phase``), so a beat may still move
that contact and the sensor adds no lag of its own. Runs in the thread of whoever calls ``block``.

Not modelled: magnetometer, temperature, cross-axis sensitivity, vibration of a loose strap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import BlockFlag, EngineNs, Frame, ImuBlock, SourceInfo
from rascue.simulate.gait_phase import GaitPhase
from rascue.simulate.gait_shapes import gait_shape
from rascue.simulate.sensor_errors import SensorErrors
from rascue.simulate.walker import Walker

GRAVITY_MPS2 = 9.80665

TREMBLE_HZ = 6.0
"""Trembling of the legs in a freeze; the freeze band is 3-8 Hz (FIELD C10)."""

TREMBLE_ACC_MPS2 = 1.5
"""Size of that trembling. Default, not evidence."""

SHAKE_UPWARD, SHAKE_FORWARD = 0.5, 1.0
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
        rotation = _small_rotation(self._rng.normal(0.0, params.tilt_deg, 3)).T
        self._grid = _six(params.acc_step_mps2, params.gyr_step_dps)
        self._range = _ranges(info) / self._grid
        self._up = (rotation[0] / self._grid[:3], rotation[0] / self._grid[3:])
        self._forward = rotation[2] / self._grid[:3]
        shape = gait_shape(info.placement)
        self._shape = shape
        turned = shape.table.reshape(-1, 2, 3) @ rotation
        self._table = turned / self._grid.reshape(2, 3)
        bias = self._rng.normal(0.0, 1.0, 6) * _six(params.acc_bias_mps2, params.gyr_bias_dps)
        bias[:3] += GRAVITY_MPS2 * rotation[0]
        self._errors = SensorErrors(
            self._rng,
            _six(params.acc_noise_mps2, params.gyr_noise_dps) / self._grid,
            bias / self._grid,
            params.movement_noise_mps2 / params.acc_step_mps2,
            TISSUE_S * info.rate_hz,
        )
        self._start_ns = start_ns
        self._interval_ns = NS_PER_S / (info.rate_hz * (1.0 + params.clock_error_ppm * 1e-6))
        self._n_samples = 0
        self._seq = 0
        self._phase = GaitPhase(walker, start_ns)

    def block(self, to_ns: EngineNs) -> ImuBlock | None:
        """Return the samples after the last block up to ``to_ns``; None when there is none yet."""
        end = math.floor((to_ns - self._start_ns) / self._interval_ns) + 1
        if end <= self._n_samples:
            return None
        since_ns = np.arange(self._n_samples, end) * self._interval_ns
        t_ns = np.rint(since_ns).astype(np.int64) + self._start_ns
        self._n_samples = end
        self._walker.advance(EngineNs(int(t_ns[-1])))
        acc, gyr, flags = self._measured(t_ns)
        block = ImuBlock(self.info.source_id, self._seq, t_ns, acc, gyr, Frame.SENSOR, flags)
        self._seq += 1
        return block

    def _measured(
        self, t_ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], BlockFlag]:
        """Return what the sensor reports: movement with errors, clipped and quantized."""
        counts = self._felt(t_ns)
        flags = BlockFlag.NONE
        if np.count_nonzero(np.abs(counts) >= self._range):
            np.clip(counts, -self._range, self._range, out=counts)
            flags = BlockFlag.SATURATED
        digital = (np.rint(counts) * self._grid).astype(np.float32)
        return digital[:, :3], digital[:, 3:] if self.info.has_gyro else digital[:0, 3:], flags

    def _felt(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what the sensor feels, in its own steps: (n, 6)."""
        errors = self._errors.take(len(t_ns))
        gait = self._phase.at(t_ns)
        rate = gait.cadence_spm / self._shape.cadence_spm
        size = np.empty((len(t_ns), 2, 1))
        size[:, 1, 0] = gait.vigor * rate
        size[:, 0, 0] = size[:, 1, 0] * rate
        counts = (self._table[self._shape.at(gait.step_phase)] * size).reshape(-1, 6)
        counts += errors.noise
        counts[:, :3] += errors.tissue * gait.vigor[:, None]
        if gait.yaw_dps is not None:
            counts[:, 3:] += np.outer(gait.yaw_dps, self._up[1])
        if gait.tremble is not None:
            counts[:, :3] += self._shake(t_ns, gait.tremble)
        return counts

    def _shake(self, t_ns: NDArray[np.int64], tremble: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trembling of a freeze, (n, 3), in steps of the sensor."""
        angle = 2.0 * np.pi * TREMBLE_HZ / NS_PER_S * (t_ns - self._start_ns)
        size = TREMBLE_ACC_MPS2 * tremble * np.sin(angle)
        return np.outer(size, SHAKE_UPWARD * self._up[0] + SHAKE_FORWARD * self._forward)


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
