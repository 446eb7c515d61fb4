"""How many samples a chip had taken at some instants -> when it takes them. Pure.

For chips that tell no time. One look says little: the newest sample may be a whole period old. But
each look is two certain bounds, "sample n was there when the look ended" and "sample n + 1 was not
when it began", and many looks at different phases leave little room between the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S, after
from rascue.core.types import EngineNs
from rascue.sensor.chip import ClockPair

FIRST_LOOKS, LOOKS = 48, 64
"""Looks of one window, first and later: about 0.35 s; 1.4 s once the clock is tied. A shorter first
one leaves an oscillator 5 % off one sample wrong, a longer one loses more after a restart."""

RATE_SLACK = 0.1
"""The true rate is sought within this about the nominal one, as a ratio."""

SEARCH_STEPS = 40
"""Halvings of the range of rates: 0.1 * 0.67**40 is far below 1 ppm."""


@dataclass(frozen=True, slots=True)
class Look:
    """``n_samples`` had been taken at some instant between the two."""

    n_samples: int
    before_ns: EngineNs
    after_ns: EngineNs


class SamplingEdges:
    """Makes clock pairs of looks: ``ClockPair.count`` is the number of a sample.

    Parameters
    ----------
    rate_hz
        Nominal samples per second.

    Notes
    -----
    Among all lines that respect every bound of a window, the one with the most room to its bounds
    is taken (the center in the sense of Chebyshev) and told by its two ends. Room is a concave
    function of the rate, so a ternary search finds it. Bounds that contradict each other (a look
    that was damaged) give no pair.
    """

    def __init__(self, rate_hz: float) -> None:
        self._period_s = 1.0 / rate_hz
        self._looks: list[Look] = []
        self._wanted = FIRST_LOOKS

    def take(self, look: Look) -> tuple[ClockPair, ...]:
        """Take a look; return two pairs when a window is full, else none."""
        self._looks.append(look)
        if len(self._looks) < self._wanted:
            return ()
        looks, self._looks, self._wanted = self._looks, [], LOOKS
        return self._pairs(looks)

    def _pairs(self, looks: list[Look]) -> tuple[ClockPair, ...]:
        origin = looks[len(looks) // 2]
        n = np.array([look.n_samples - origin.n_samples for look in looks], np.float64)
        before_s = _since_s([look.before_ns for look in looks], origin.before_ns)
        after_s = _since_s([look.after_ns for look in looks], origin.before_ns)

        def bounds(period_s: float) -> tuple[float, float]:
            earliest = float(np.max(before_s - period_s * (n + 1.0)))
            return earliest, float(np.min(after_s - period_s * n))

        low, high = self._period_s * (1.0 - RATE_SLACK), self._period_s * (1.0 + RATE_SLACK)
        for _ in range(SEARCH_STEPS):
            third = (high - low) / 3.0
            if _room(bounds(low + third)) < _room(bounds(high - third)):
                low += third
            else:
                high -= third
        period_s = (low + high) / 2.0
        earliest, latest = bounds(period_s)
        if latest < earliest:
            return ()
        at_s = (earliest + latest) / 2.0
        return tuple(
            ClockPair(
                look.n_samples,
                after(origin.before_ns, at_s + (look.n_samples - origin.n_samples) * period_s),
            )
            for look in (looks[0], looks[-1])
        )


def _since_s(instants: list[EngineNs], origin_ns: EngineNs) -> NDArray[np.float64]:
    return np.array([instant - origin_ns for instant in instants]) / NS_PER_S


def _room(bounds: tuple[float, float]) -> float:
    return bounds[1] - bounds[0]
