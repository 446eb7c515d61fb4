"""Doubts about the sensor itself, told beside the steps by every detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rascue.core.types import EngineNs, Placement, SensorConcern, SensorHealth, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.base import FOOT_PLACEMENTS
from rascue.steps.kernel_structs import Feed, coefficients, fill

CONCERNS = tuple(SensorConcern)
"""In the order of ``enum concern`` in kernels.h."""

SENTENCES = {
    SensorConcern.STUCK: "The sensor repeats one value: check its cable or restart it.",
    SensorConcern.SATURATED: "The movement exceeds the sensor's range: choose a larger range.",
    SensorConcern.LOOSE: "The sensor shakes on its strap between steps: pull the strap tight.",
    SensorConcern.UPSIDE_DOWN: "The sensor is not worn as it was recorded: turn it, or mount anew.",
    SensorConcern.WRONG_UNITS: "The acceleration is far from 9.81 m/s2 on average: check its unit.",
}

SHAKE_ABOVE_HZ = 5.0
WALKING_HZ = (0.5, 3.0)

LOOSE_ON = dict.fromkeys(FOOT_PLACEMENTS, 0.4) | {Placement.LOWER_BACK: 1.2}
"""Shaking between steps over the power of walking, above which a strap is loose. Recordings on
tight straps reach 0.28 at the foot and 1.09 at the lower back (docs/detectors.md). At a shank a
freeze shakes as much, in a pocket everything does: there it is not judged."""


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
    shake_smooth_s, shake_memory_s
        Memory of the power of shaking, and of the mean of its logarithm, which an impact at each
        step moves little.
    walk_power_min
        Power of walking, (m/s2)^2, below which nothing is said about the strap.
    loose_off_share
        Part of the bound for a loose strap below which the doubt is cleared.
    loose_s
        So long beyond a bound before it is believed.
    up_memory_s
        Memory of the mean acceleration that tells which way is up.
    up_off_cos, up_on_cos
        Cosine of its angle to the recorded axis that raises and clears: 107 and 78 degrees, since
        a person may sit or bend over.
    """

    gap_s: float = 0.1
    stuck_s: float = 3.0
    saturated_s: float = 2.0
    gravity_memory_s: float = 3.0
    gravity_min_mps2: float = 4.0
    gravity_max_mps2: float = 40.0
    shake_smooth_s: float = 0.03
    shake_memory_s: float = 4.0
    walk_power_min: float = 0.3
    loose_off_share: float = 0.7
    loose_s: float = 2.0
    up_memory_s: float = 5.0
    up_off_cos: float = -0.3
    up_on_cos: float = 0.2


def health_feed(info: SourceInfo, params: HealthParams) -> Feed:
    """Return the kernel that watches one sensor, with its own state."""
    c_params = fill(ffi.new("health_params *"), params)
    c_params.period_s = 1.0 / info.rate_hz
    c_params.acc_range_mps2 = info.acc_range_mps2 or 0.0
    c_params.gyr_range_dps = info.gyr_range_dps or 0.0
    c_params.has_gyro = info.has_gyro
    c_params.loose_on = LOOSE_ON.get(info.placement, 0.0)
    c_params.up = up_direction(info.up_axis)
    state = ffi.new("health_state *")
    state.shake_pass = coefficients(filters.high_pass(SHAKE_ABOVE_HZ, info.rate_hz))[0]
    state.walk_bands[0] = coefficients(filters.high_pass(WALKING_HZ[0], info.rate_hz))[0]
    state.walk_bands[1] = coefficients(filters.low_pass(WALKING_HZ[1], info.rate_hz))[0]

    def feed(n: int, t_ns: Any, acc: Any, gyr: Any, reports: Any) -> int:
        return int(lib.health_feed(state, c_params, n, t_ns, acc, gyr, reports))

    return feed


def up_direction(up_axis: str) -> tuple[float, float, float]:
    """Return the unit vector of "+x" to "-z" in the sensor's axes; zeros for ""."""
    sign = -1.0 if up_axis.startswith("-") else 1.0
    x, y, z = (sign * (up_axis[1:] == axis) for axis in "xyz")
    return x, y, z


def health_event(report: Any, source_id: str) -> SensorHealth:
    """Turn a kernel's report about the sensor into an event."""
    concern, raised = CONCERNS[report.detail], bool(report.side)
    detail = SENTENCES[concern] if raised else ""
    return SensorHealth(EngineNs(report.at_ns), source_id, concern, raised, detail)
