"""Pairs of a foreign counter and engine time -> the line between both, learned as they come. Pure.

Used for every foreign clock: the ticks of a sensor and the frames of a sound device.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rascue.core.clock import NS_PER_S
from rascue.core.clockmap import ClockMap
from rascue.core.types import EngineNs

SPREAD_MEMORY = 0.1
"""Share of the newest pair in the running spread; default, not evidence."""

GATE_SDS = 5.0
"""A pair further off than so many standard deviations is an outlier; default, not evidence."""

STEP_PAIRS = 4
"""So many outliers in a row: the line is wrong, or the clock has stepped; default, not evidence."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """What is known of a clock and of the pairs before any has come.

    Parameters
    ----------
    start_rate_sd
        Spread of the true about the stated rate, as a ratio.
    restart_rate_sd
        By how much the rate may have changed in an interruption, SD, as a ratio.
    rate_walk
        Wandering of the rate in 1 s, as a ratio; it makes old pairs be forgotten.
    start_spread_s, least_spread_s
        Spread of the pairs about the line before it is known, and the least ever assumed, s.
    """

    start_rate_sd: float
    restart_rate_sd: float
    rate_walk: float
    start_spread_s: float
    least_spread_s: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The counter showed ``count`` at ``at_ns``."""

    count: int
    at_ns: int


@dataclass(frozen=True, slots=True)
class Certainty:
    """Covariance of the line's error: offset (s), relative rate, and both together."""

    offset: float
    both: float
    rate: float

    def ahead(self, seconds: float, rate_walk: float) -> Certainty:
        """Return what is left of it some time later."""
        return Certainty(
            offset=self.offset + seconds * (2 * self.both + seconds * self.rate),
            both=self.both + seconds * self.rate,
            rate=self.rate + rate_walk**2 * seconds,
        )

    def after_pair(self, gain_offset: float, gain_rate: float) -> Certainty:
        """Return what it becomes when a pair is taken with these gains."""
        return Certainty(
            offset=self.offset * (1 - gain_offset),
            both=self.both * (1 - gain_offset),
            rate=self.rate - gain_rate * self.both,
        )


class ClockFit:
    """A forgetting regression of engine time on a counter.

    1. A Kalman filter with the state (offset, rate) takes the pairs; the rate walks randomly, so
       old pairs are forgotten. The spread of the pairs is learned from them.
    2. A pair more than ``GATE_SDS`` off is left out and nothing is learned from it; after
       ``STEP_PAIRS`` of them in a row all is learned anew.

    Parameters
    ----------
    rate_hz
        Nominal counts per second.

    Notes
    -----
    What it cannot know is a delay that all pairs have in common.

    Source: R. E. Kalman, J. Basic Eng. 82(1), 1960. Deviation from a regression with exponential
    weights: the memory follows from how much the rate may wander, and shrinks by itself at first.
    """

    def __init__(self, rate_hz: float, settings: FitSettings) -> None:
        self._settings = settings
        self._period_s = 1.0 / rate_hz
        self._at: Pair | None = None
        self._variance = 0.0
        self._certainty = Certainty(0.0, 0.0, 0.0)
        self._forget_offset(settings.start_rate_sd)

    @property
    def n_pairs(self) -> int:
        """Pairs taken since the beginning or the last step."""
        return self._n_pairs

    @property
    def spread_s(self) -> float:
        """Standard deviation of the pairs about the line, s."""
        return math.sqrt(self._variance)

    @property
    def rate_sd(self) -> float:
        """Standard deviation of the rate, as a ratio."""
        return math.sqrt(max(0.0, self._certainty.rate))

    def restart(self) -> None:
        """Learn anew where the counter stands; what is known of the rate is kept."""
        self._forget_offset(math.hypot(self._settings.restart_rate_sd, self.rate_sd))

    def late_s(self, count: int, at_ns: int) -> float:
        """Return how much later than the line says the counter showed ``count``; 0 at first."""
        if self._at is None:
            return 0.0
        elapsed_s = (at_ns - self._at.at_ns) / NS_PER_S
        return elapsed_s - (count - self._at.count) * self._period_s

    def take(self, count: int, at_ns: int) -> None:
        """Take a pair; ``count`` must not be less than that of the last one."""
        if self._at is None:
            self._at, self._n_pairs = Pair(count, at_ns), 1
            return
        late_s = self.late_s(count, at_ns)
        elapsed_s = (count - self._at.count) * self._period_s
        self._certainty = self._certainty.ahead(elapsed_s, self._settings.rate_walk)
        self._at = Pair(count, at_ns - round(late_s * NS_PER_S))
        expected = self._certainty.offset + self._variance
        if late_s**2 > GATE_SDS**2 * expected:
            self._leave_out()
        else:
            self._correct(self._at, late_s, expected)

    def sd_ahead_s(self, seconds: float) -> float:
        """Return the standard deviation of the line so long after the last pair, s."""
        ahead = self._certainty.ahead(seconds, self._settings.rate_walk)
        return math.sqrt(max(0.0, ahead.offset))

    def map(self) -> ClockMap | None:
        """Return the line; None before the first pair."""
        if self._at is None:
            return None
        return ClockMap(
            anchor_count=self._at.count,
            anchor_ns=EngineNs(self._at.at_ns),
            rate_hz=1.0 / self._period_s,
            residual_sd_s=self.spread_s,
            n_pairs=self._n_pairs,
        )

    def _forget_offset(self, rate_sd: float) -> None:
        self._at = None
        self._variance = self._settings.start_spread_s**2
        self._certainty = Certainty(self._variance, 0.0, rate_sd**2)
        self._n_pairs = 0
        self._n_outliers = 0

    def _correct(self, at: Pair, late_s: float, expected: float) -> None:
        gain_offset = self._certainty.offset / expected
        gain_rate = self._certainty.both / expected
        self._at = Pair(at.count, at.at_ns + round(gain_offset * late_s * NS_PER_S))
        self._period_s *= 1.0 + gain_rate * late_s
        self._certainty = self._certainty.after_pair(gain_offset, gain_rate)
        self._n_pairs += 1
        self._n_outliers = 0
        # The product of a pair's distance before and after the correction has the variance of
        # the pairs as its mean (R. K. Mehra, IEEE Trans. Autom. Control 15(2), 1970).
        share = max(SPREAD_MEMORY, 1.0 / self._n_pairs)
        self._learn_spread(late_s**2 * (1.0 - gain_offset), share)

    def _leave_out(self) -> None:
        self._n_outliers += 1
        if self._n_outliers >= STEP_PAIRS:
            self._forget_offset(self._settings.start_rate_sd)

    def _learn_spread(self, square_s2: float, share: float) -> None:
        least_s2 = self._settings.least_spread_s**2
        self._variance = max(self._variance + share * (square_s2 - self._variance), least_s2)
