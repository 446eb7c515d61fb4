"""How a sensor is worn, from a person who stands and then walks. Pure.

Found: which of the sensor's axes points up and by how much it is tilted, and whether it sits on the
trunk or on a leg. Not found: which leg, and which way is forward; a person has to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.sensor.chip import STANDARD_GRAVITY_MPS2

STILL_MAX_MPS2 = 0.5
"""A standing person sways less than this, SD of each axis: default, not evidence."""

GRAVITY_OFF_MAX_MPS2 = 0.8
WALK_MIN_MPS2 = 0.8
"""SD of the size of the acceleration in slow walking is above this; default, not evidence."""

LEG_MIN_DPS = 130.0
"""Legs swing faster than trunks turn: 95th percentile of the angular rate while walking. In
recordings with turns: 40 to 93 deg/s at lower backs of Mobilise-D (up to 293 in fast turns of
Voisard's), 151 to 620 at feet. Hence the person walks straight ahead."""

FAST_PERCENTILE = 95.0
AXES = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Mounting:
    """What was found.

    Parameters
    ----------
    up_axis
        Axis of the sensor that points up most: "+x" to "-z".
    tilt_deg
        Angle between that axis and the vertical.
    place
        "trunk" or "leg".
    concerns
        One line each for what is not as it should be; empty when all is well.
    """

    up_axis: str
    tilt_deg: float
    place: str
    concerns: tuple[str, ...]


def find_mounting(
    standing_mps2: NDArray[np.floating],
    walking_mps2: NDArray[np.floating],
    walking_dps: NDArray[np.floating],
) -> Mounting:
    """Return how the sensor is worn.

    Parameters
    ----------
    standing_mps2, walking_mps2
        (n, 3), specific force in the sensor's axes.
    walking_dps
        (n, 3), angular rate of the same samples as ``walking_mps2``.
    """
    gravity = standing_mps2.mean(axis=0, dtype=np.float64)
    size = float(np.linalg.norm(gravity))
    axis = int(np.argmax(np.abs(gravity)))
    tilt_deg = float(np.degrees(np.arccos(min(1.0, abs(gravity[axis]) / max(size, 1e-9)))))
    turning = np.percentile(np.linalg.norm(walking_dps, axis=1), FAST_PERCENTILE)
    return Mounting(
        up_axis=f"{'+' if gravity[axis] > 0 else '-'}{AXES[axis]}",
        tilt_deg=tilt_deg,
        place="leg" if turning > LEG_MIN_DPS else "trunk",
        concerns=_concerns(standing_mps2, walking_mps2, size),
    )


def _concerns(
    standing_mps2: NDArray[np.floating], walking_mps2: NDArray[np.floating], size_mps2: float
) -> tuple[str, ...]:
    moved = float(standing_mps2.std(axis=0).max())
    walked = float(np.linalg.norm(walking_mps2, axis=1).std())
    found = []
    if moved > STILL_MAX_MPS2:
        found.append(f"the person did not stand still ({moved:.1f} m/s2)")
    if abs(size_mps2 - STANDARD_GRAVITY_MPS2) > GRAVITY_OFF_MAX_MPS2:
        found.append(f"gravity measures {size_mps2:.2f} m/s2: run rascue imucheck")
    if walked < WALK_MIN_MPS2:
        found.append(f"no walking was seen ({walked:.1f} m/s2): is the strap tight?")
    return tuple(found)
