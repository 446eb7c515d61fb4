"""What a sensor states about itself, and the samples it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, StrEnum

import numpy as np
from numpy.typing import NDArray

from rascue.core.types.instants import EngineNs


class Placement(StrEnum):
    """Where a sensor is worn."""

    LOWER_BACK = "lower_back"
    LEFT_FOOT = "left_foot"
    RIGHT_FOOT = "right_foot"
    LEFT_SHANK = "left_shank"
    RIGHT_SHANK = "right_shank"
    THIGH = "thigh"
    POCKET = "pocket"
    UNKNOWN = "unknown"


class Frame(StrEnum):
    """The axes that the samples of a block refer to."""

    SENSOR = "sensor"
    """As printed on the chip; nothing is known about how it is worn."""
    BODY = "body"
    """x up, y right, z forward (``is``, ``ml``, ``pa`` as in Mobilise-D), right-handed."""


class BlockFlag(IntFlag):
    """What a consumer must know about the samples of one block."""

    NONE = 0
    GAP_BEFORE = 1
    """Samples are missing between the previous block and this one."""
    SATURATED = 2
    """At least one value stands at the end of the sensor's range."""
    TIME_UNLOCKED = 4
    """The sensor clock is not yet (or no longer) tied to the engine clock within its bound."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a sensor source states about itself before its first sample.

    Parameters
    ----------
    source_id
        Name of the source, unique in a session ("waist", "left_foot").
    placement
        Where it is worn; ``Placement.UNKNOWN`` when nobody said.
    rate_hz
        Nominal sampling rate, samples per second.
    has_gyro
        False for an accelerometer alone; blocks then carry ``gyr_dps`` of shape (0, 3).
    acc_range_mps2, gyr_range_dps
        Largest absolute value the sensor can report; None when not known.
    description
        One line for people: chip and bus, or the file it comes from.
    up_axis
        Axis of the sensor that pointed up when it was mounted ("+x" to "-z", as `rascue mount`
        tells); "" when nobody recorded it.
    """

    source_id: str
    placement: Placement
    rate_hz: float
    has_gyro: bool
    acc_range_mps2: float | None = None
    gyr_range_dps: float | None = None
    description: str = ""
    up_axis: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ImuBlock:
    """Consecutive samples of one IMU.

    Parameters
    ----------
    t_ns
        int64 (n,), engine time of each sample, strictly increasing, n >= 1.
    acc_mps2
        float32 (n, 3), specific force: about 9.81 upward at rest.
    gyr_dps
        float32 (n, 3), or (0, 3) when the sensor has no gyroscope.
    time_sd_s
        Standard deviation of the sample times, s; 0 for recordings.
    """

    source_id: str
    seq: int
    t_ns: NDArray[np.int64]
    acc_mps2: NDArray[np.float32]
    gyr_dps: NDArray[np.float32]
    frame: Frame = Frame.SENSOR
    flags: BlockFlag = BlockFlag.NONE
    time_sd_s: float = 0.0

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.t_ns)

    @property
    def first_ns(self) -> EngineNs:
        """Instant of the first sample."""
        return EngineNs(int(self.t_ns[0]))

    @property
    def last_ns(self) -> EngineNs:
        """Instant of the last sample."""
        return EngineNs(int(self.t_ns[-1]))
