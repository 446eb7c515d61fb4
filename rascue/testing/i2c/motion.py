"""What a modelled chip feels: rest, a recorded walk, or a simulated person who hears the beat."""

from __future__ import annotations

import threading
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S, after
from rascue.core.types import EngineNs, Placement, SourceInfo
from rascue.sensor.recording import Recording
from rascue.simulate.scenario import Scenario
from rascue.simulate.virtual_imu import VirtualImu
from rascue.simulate.walker import TrueStep, Walker

GRAVITY_MPS2 = 9.80665

FINE_RATE_HZ = 416.0
"""A simulated person's motion is made this finely and interpolated in between, so that a chip may
sample when it likes; twice the fastest rate that a chip is asked for."""


class Motion(Protocol):
    """Specific force and angular rate at any instant."""

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (n, 6): m/s2 and deg/s in the sensor's axes; times never go back."""
        ...


class NoisyRest:
    """A sensor that lies still, x up.

    Parameters
    ----------
    acc_sd_mps2, gyr_sd_dps
        White noise per sample.
    """

    def __init__(self, seed: int, acc_sd_mps2: float = 0.006, gyr_sd_dps: float = 0.03) -> None:
        self._rng = np.random.default_rng(seed)
        self._sd = np.repeat((acc_sd_mps2, gyr_sd_dps), 3)

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return gravity and noise."""
        still = np.array([GRAVITY_MPS2, 0.0, 0.0, 0.0, 0.0, 0.0])
        noise = self._rng.normal(0.0, 1.0, (len(t_ns), 6)) * self._sd
        return np.asarray(still + noise)


class RecordedMotion:
    """A recorded walk from ``start_ns`` on, interpolated; before and after it the sensor rests."""

    def __init__(self, recording: Recording, start_ns: EngineNs) -> None:
        gyr = recording.gyr_dps if recording.info.has_gyro else np.zeros_like(recording.acc_mps2)
        self._t_ns = (recording.t_ns + start_ns).astype(np.float64)
        self._values = np.hstack([recording.acc_mps2, gyr]).astype(np.float64)

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the recorded values, linear between two samples."""
        columns = [np.interp(t_ns, self._t_ns, column) for column in self._values.T]
        return np.stack(columns, axis=1)


class EndlessWalk:
    """A walk played forth and back for ever, so that it has no seam where a value jumps."""

    def __init__(self, recording: Recording, start_ns: EngineNs) -> None:
        self._start_ns = start_ns
        self._step_ns = round(NS_PER_S / FINE_RATE_HZ)
        fine_ns = np.arange(0, int(recording.t_ns[-1]), self._step_ns)
        once = RecordedMotion(recording, EngineNs(0)).at(fine_ns)
        self._values = np.concatenate((once, once[-2:0:-1]))

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the walk's values, linear between two samples."""
        steps = (t_ns - self._start_ns) / self._step_ns
        before = np.floor(steps).astype(np.int64)
        share = (steps - before)[:, np.newaxis]
        places = before % len(self._values)
        following = (places + 1) % len(self._values)
        return np.asarray((1 - share) * self._values[places] + share * self._values[following])


class WalkerMotion:
    """A simulated person with the sensor on; may be told of beats from another thread.

    Parameters
    ----------
    beside
        Another sensor of the same person; that one is told of the beats.
    """

    def __init__(
        self,
        scenario: Scenario,
        placement: Placement,
        seed: int,
        start_ns: EngineNs,
        beside: WalkerMotion | None = None,
    ) -> None:
        self.walker: Walker = beside.walker if beside else Walker(scenario.walker, seed, start_ns)
        self.steps: list[TrueStep] = []
        info = SourceInfo(placement.value, placement, FINE_RATE_HZ, has_gyro=True)
        self._imu = VirtualImu(self.walker, info, scenario.imu, seed, start_ns)
        self._lock: threading.Lock = beside._lock if beside else threading.Lock()
        self._t_ns = np.empty(0, np.int64)
        self._values = np.empty((0, 6))

    def hear(self, onset_ns: EngineNs) -> None:
        """Let the person hear a beat."""
        with self._lock:
            self.walker.hear(onset_ns)

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what the worn sensor feels; the person walks on to the last instant."""
        with self._lock:
            self._walk_to(EngineNs(int(t_ns[-1])))
            keep = max(0, int(np.searchsorted(self._t_ns, t_ns[0])) - 1)
            self._t_ns, self._values = self._t_ns[keep:], self._values[keep:]
            columns = [np.interp(t_ns, self._t_ns, column) for column in self._values.T]
        return np.stack(columns, axis=1)

    def _walk_to(self, to_ns: EngineNs) -> None:
        block = self._imu.block(after(to_ns, 2.0 / FINE_RATE_HZ))
        self.steps += self.walker.steps_from(len(self.steps))
        if block is not None:
            self._t_ns = np.concatenate((self._t_ns, block.t_ns))
            values = np.hstack((block.acc_mps2, block.gyr_dps)).astype(np.float64)
            self._values = np.concatenate((self._values, values))


def worn_motions(scenario: Scenario, seed: int, start_ns: EngineNs) -> list[WalkerMotion]:
    """Return the motion at each of a scenario's places; the first is to be told of the beats."""
    first = WalkerMotion(scenario, scenario.placements[0], seed, start_ns)
    others = scenario.placements[1:]
    return [first, *(WalkerMotion(scenario, at, seed, start_ns, first) for at in others)]
