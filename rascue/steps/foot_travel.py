"""Foot: how far it travelled from one rest to the next, by zero-velocity update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rascue.core.types import EngineNs, ImuBlock, StepEvent
from rascue.steps._kernels import ffi, lib
from rascue.steps.travel_memory import STRIDE_MAX_S, TravelMemory

FOOT_ERROR_PCT = 8.0
"""Of the told lengths of a walk against its track, RMS over voisard's walks: docs/detectors.md."""

REST_S = 0.1
"""The foot is taken to rest where it turns least over so long. Default, not evidence."""

REST_PART = 0.6
"""Of the time from contact to contact: the foot's rest lies in this first part of it, which
is the stance of usual walking (60 % of the stride, Perry, Gait Analysis, 1992)."""

REST_RATE_MAX_DPS = 60.0
"""A foot that turns faster than this at its quietest did not rest: no length is given. Default,
not evidence."""


@dataclass(frozen=True, slots=True)
class FootTravel:
    """One stride from rest to rest; told one stride late.

    Parameters
    ----------
    ic_ns, next_ic_ns
        The contacts before the two rests.
    detected_ns
        When the contact that ends the next stride was announced, and this one became known.
    length_m
        Horizontal distance between the rests, m, not below 0.
    speed_mps
        The same over the time between the rests, m/s.
    toe_deg
        Angle from the way travelled to where the foot points, deg, -90..90, positive to the left.
    yaw_deg
        How far the foot turned about the vertical, deg, positive to the left.
    """

    ic_ns: EngineNs
    next_ic_ns: EngineNs
    detected_ns: EngineNs
    length_m: float
    speed_mps: float
    toe_deg: float
    yaw_deg: float


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
    the second rest is drift and is taken away linearly; integrated again. The foot points across
    the level axis about which it rotated most.

    Source: zero-velocity update as in Foxlin, IEEE Computer Graphics and Applications 25 (2005)
    38-46; linear removal of drift as in Rampp et al., IEEE Trans Biomed Eng 62 (2015) 1089-1097.
    Deviations: no Kalman filter; rests are sought between announced contacts, not by a threshold.
    Error: docs/detectors.md.
    """

    def __init__(self, rate_hz: float) -> None:
        window = max(1, round(REST_S * rate_hz))
        self._params = ffi.new(
            "travel_params *", (STRIDE_MAX_S, REST_PART, REST_RATE_MAX_DPS, window)
        )
        self._memory = TravelMemory(rate_hz)
        self._travel = ffi.new("travel *")

    def reset(self) -> None:
        """Forget the signal (after a gap)."""
        self._memory.reset()

    def process(self, block: ImuBlock, steps: Sequence[StepEvent]) -> list[FootTravel]:
        """Take a block and the contacts it revealed; return the strides now complete."""
        self._memory.feed(block)
        return [self._told(step) for step in steps if self._contact(step)]

    def _contact(self, step: StepEvent) -> bool:
        state = self._memory.state
        return bool(lib.travel_contact(state, self._params, step.ic_ns, self._travel))

    def _told(self, step: StepEvent) -> FootTravel:
        found = self._travel
        return FootTravel(
            ic_ns=EngineNs(found.ic_ns),
            next_ic_ns=EngineNs(found.next_ic_ns),
            detected_ns=step.detected_ns,
            length_m=found.length_m,
            speed_mps=found.length_m / found.duration_s,
            toe_deg=found.toe_deg,
            yaw_deg=found.yaw_deg,
        )
