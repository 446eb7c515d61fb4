"""Doubts about the sensor itself, told beside the steps by every detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rascue.core.types import EngineNs, SensorConcern, SensorHealth, SourceInfo
from rascue.steps._kernels import ffi, lib
from rascue.steps.kernel_structs import Feed, fill

CONCERNS = tuple(SensorConcern)
"""In the order of ``enum concern`` in kernels.h."""

SENTENCES = {
    SensorConcern.STUCK: "The sensor repeats one value: check its cable or restart it.",
    SensorConcern.SATURATED: "The movement exceeds the sensor's range: choose a larger range.",
    SensorConcern.WRONG_UNITS: "The acceleration is far from 9.81 m/s2 on average: check its unit.",
}


@dataclass(frozen=True, slots=True)
class HealthParams:
    """When a doubt is raised; all are defaults, not evidence.

    Parameters
    ----------
    gap_s
        Samples further apart than this say nothing about being stuck.
    stuck_s
        An acceleration that does not change in any digit for so long is stuck; noise moves the
        last digit of a working sensor many times a second.
    saturated_s
        The doubt is cleared after so long without a value at the end of the range.
    gravity_memory_s
        Memory of the mean magnitude of the acceleration.
    gravity_min_mps2, gravity_max_mps2
        Bounds of that mean: far enough from 9.81 for any walk, far enough from 1 (g) and 981.
    """

    gap_s: float = 0.1
    stuck_s: float = 3.0
    saturated_s: float = 2.0
    gravity_memory_s: float = 3.0
    gravity_min_mps2: float = 4.0
    gravity_max_mps2: float = 40.0


def health_feed(info: SourceInfo, params: HealthParams) -> Feed:
    """Return the kernel that watches one sensor, with its own state."""
    c_params = fill(ffi.new("health_params *"), params)
    c_params.period_s = 1.0 / info.rate_hz
    c_params.acc_range_mps2 = info.acc_range_mps2 or 0.0
    c_params.gyr_range_dps = info.gyr_range_dps or 0.0
    c_params.has_gyro = info.has_gyro
    state = ffi.new("health_state *")
    lib.health_start(state)

    def feed(n: int, t_ns: Any, acc: Any, gyr: Any, reports: Any) -> int:
        return int(lib.health_feed(state, c_params, n, t_ns, acc, gyr, reports))

    return feed


def health_event(report: Any, source_id: str) -> SensorHealth:
    """Turn a kernel's report about the sensor into an event."""
    concern, raised = CONCERNS[report.detail], bool(report.side)
    detail = SENTENCES[concern] if raised else ""
    return SensorHealth(EngineNs(report.at_ns), source_id, concern, raised, detail)
