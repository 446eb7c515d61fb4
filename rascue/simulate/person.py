"""A simulated person with sensors on, shared by all who look at or speak to this person.

The real-time source reads from a thread while the sound output reports from another, so every
access goes through one lock; in simulated time the lock costs nothing worth naming.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from rascue.core.clock import NS_PER_S
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement, SourceInfo
from rascue.simulate.scenario import DeviceFault, FaultKind, Scenario
from rascue.simulate.virtual_imu import VirtualImu
from rascue.simulate.walker import TrueStep, Walker

ACC_RANGE_MPS2 = 156.9
"""16 g, the widest range of the usual MEMS parts (EMBEDDED, register tables)."""

GYR_RANGE_DPS = 2000.0


class SimulatedPerson:
    """Walker and sensors of one scenario.

    Parameters
    ----------
    seed
        Of the walker and of every sensor.
    start_ns
        Beginning of the scenario in engine time.
    """

    def __init__(self, scenario: Scenario, seed: int, start_ns: EngineNs) -> None:
        self._lock = threading.Lock()
        self._start_ns = start_ns
        self.walker = Walker(scenario.walker, seed, start_ns)
        self.infos = tuple(source_info(scenario, place) for place in scenario.placements)
        self._sensors = [
            FaultySensor(
                VirtualImu(self.walker, info, scenario.imu, seed, start_ns),
                scenario.faults,
                start_ns,
            )
            for info in self.infos
        ]

    def hear(self, onset_ns: EngineNs) -> None:
        """Let the person hear a beat."""
        with self._lock:
            self.walker.hear(onset_ns)

    def advance(self, to_ns: EngineNs) -> tuple[TrueStep, ...]:
        """Let the person walk; return the contacts made."""
        with self._lock:
            return self.walker.advance(to_ns)

    def block(self, sensor: int, to_ns: EngineNs) -> ImuBlock | None:
        """Return the next samples of a sensor, by its place in ``infos``."""
        with self._lock:
            return self._sensors[sensor].block(to_ns)

    def skip(self, sensor: int, to_ns: EngineNs) -> None:
        """Let the samples of a sensor up to this time be lost."""
        with self._lock:
            self._sensors[sensor].skip(to_ns)

    def lost(self, sensor: int, at_ns: EngineNs) -> bool:
        """Return whether a sensor cannot be reached at this time."""
        return self._sensors[sensor].lost(at_ns)


def source_info(scenario: Scenario, placement: Placement) -> SourceInfo:
    """Return what the simulated sensor at a place says of itself."""
    return SourceInfo(
        source_id=placement.value,
        placement=placement,
        rate_hz=scenario.rate_hz,
        has_gyro=True,
        acc_range_mps2=ACC_RANGE_MPS2,
        gyr_range_dps=GYR_RANGE_DPS,
        description=f"simulated walker: {scenario.walker.description}",
    )


class FaultySensor:
    """A virtual sensor that fails at the times a scenario says."""

    def __init__(
        self, imu: VirtualImu, faults: tuple[DeviceFault, ...], start_ns: EngineNs
    ) -> None:
        self._imu = imu
        self._gaps = [fault for fault in faults if fault.kind is FaultKind.SENSOR_GAP]
        self._losses = [fault for fault in faults if fault.kind is FaultKind.SENSOR_LOST]
        self._start_ns = start_ns
        self._missing = False
        self._seq = 0

    def lost(self, at_ns: EngineNs) -> bool:
        """Return whether the sensor cannot be reached."""
        return self._failing(self._losses, at_ns)

    def skip(self, to_ns: EngineNs) -> None:
        """Lose what nobody read; a gap, unless nothing was delivered before."""
        skipped = self._imu.block(to_ns) is not None
        self._missing = self._missing or (skipped and self._seq > 0)

    def block(self, to_ns: EngineNs) -> ImuBlock | None:
        """Return the next samples; None when there are none or they are lost."""
        block = self._imu.block(to_ns)
        if block is None:
            return None
        if self._failing(self._gaps, block.first_ns) or self._failing(self._losses, block.first_ns):
            self._missing = True
            return None
        flags = block.flags | BlockFlag.GAP_BEFORE if self._missing else block.flags
        seq, self._seq, self._missing = self._seq, self._seq + 1, False
        if (seq, flags) == (block.seq, block.flags):
            return block
        return replace(block, seq=seq, flags=flags)

    def _failing(self, faults: list[DeviceFault], at_ns: EngineNs) -> bool:
        at_s = (at_ns - self._start_ns) / NS_PER_S
        return any(fault.covers(at_s) for fault in faults)
