"""The chip's own clock at each sample -> engine time of each sample. Pure.

Never the time at which a sample was fetched: on a busy machine that is tens of milliseconds late.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.clock_fit import ClockFit, FitSettings
from rascue.core.clockmap import ClockMap
from rascue.core.types import EngineNs
from rascue.sensor.chip import ChipSetup, ClockPair

RESTART_RATE_SD = 2e-3
"""How much the speed of an oscillator may differ after the chip restarted, as a ratio: the trim of
an ST part was seen to move by one step of 0.15 % (EMBEDDED 3.1)."""

RATE_WALK = 5e-6
"""Wandering of a MEMS oscillator in 1 s, as a ratio: 0.15 % in an hour of warming up would be
0.4 ppm/s, which this follows with a lag of 0.02 ms. Default, not evidence."""

LEAST_SPREAD_S = 3e-5
"""Least spread ever assumed, s: a tick of 25 us; default, not evidence."""

LOCK_PAIRS = 5
LOCK_SD_S = 2e-4
"""Locked once the line is this certain ``LOCK_AHEAD_S`` after the last pair, s: what is asked of
sample times (docs/sensors.md)."""

LOCK_AHEAD_S = 0.15

BEND_S = 0.25
"""A correction of the line is spread over about this time, so that intervals stay true; default."""

BEND_MAX_S = 0.02
"""A larger jump ahead is shown as one: samples before and after it do not belong to one line."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleTimes:
    """Engine time of samples, int64 (n,), strictly increasing over all calls; see ``ImuBlock``."""

    t_ns: NDArray[np.int64]
    sd_s: float
    locked: bool


class SampleClock:
    """Ties one chip's clock to engine time.

    1. ``ClockFit`` takes the pairs.
    2. A new line is bent to go on where the last sample was: the difference fades with
       ``BEND_S``, so times are continuous and strictly increase.

    Accuracy as shown by tests/unit/sensor/test_sample_times.py. Not known: by how much the chip's
    time word is older than the motion; the driver states the filter's delay, which is subtracted.
    """

    def __init__(self, setup: ChipSetup) -> None:
        settings = FitSettings(
            start_rate_sd=setup.rate_sd,
            restart_rate_sd=RESTART_RATE_SD,
            rate_walk=RATE_WALK,
            start_spread_s=setup.pair_sd_s,
            least_spread_s=LEAST_SPREAD_S,
        )
        self._counts_per_s = setup.counts_per_s
        self._counts_per_sample = setup.counts_per_sample
        self._delay_ns = round(setup.delay_s * NS_PER_S)
        self._fit = ClockFit(setup.counts_per_s, settings)
        self._last: tuple[int, int] | None = None
        """Count and engine ns of the last sample given out."""
        self._line: ClockMap | None = None
        self._locked = False

    def restart(self) -> None:
        """Begin anew, because the chip's clock did; its speed is kept."""
        self._fit.restart()
        self._last = None
        self._line, self._locked = None, False

    def take(self, pairs: Sequence[ClockPair]) -> None:
        """Take readings of the chip's clock, in order."""
        if not pairs:
            return
        for pair in pairs:
            self._fit.take(pair.count, pair.at_ns)
        self._line = self._fit.map()
        certain = self._fit.sd_ahead_s(LOCK_AHEAD_S) <= LOCK_SD_S
        self._locked = self._fit.n_pairs >= LOCK_PAIRS and certain

    @property
    def is_locked(self) -> bool:
        """Whether the line is certain enough to be relied on."""
        return self._locked

    @property
    def rate_ratio(self) -> float | None:
        """True over nominal speed of the chip's clock; None before the line is known."""
        line = self._line
        return line.rate_hz / self._counts_per_s if line and self.is_locked else None

    def assign(self, counts: NDArray[np.int64]) -> SampleTimes | None:
        """Return the time of each sample, n >= 1; None before the first pair."""
        line = self._line
        if line is None:
            return None
        t_ns = self._bent(_on_line(line, counts), counts)
        self._last = (int(counts[-1]), int(t_ns[-1]))
        sd_s = self._fit.sd_ahead_s(0.0)
        return SampleTimes(t_ns - self._delay_ns, sd_s, self.is_locked)

    def shown_at(self, instant_ns: EngineNs) -> float | None:
        """Return what the chip's clock shows at an instant; None until it is tied."""
        return self._count_at(self._line, instant_ns) if self._line and self.is_locked else None

    def sample_after(self, instant_ns: EngineNs) -> tuple[EngineNs, float] | None:
        """Return when the chip takes the first sample after an instant, and the SD of that, s.

        None before anything is known of it.
        """
        if self._line is None or self._last is None:
            return None
        count = self._last[0]
        ahead = (self._count_at(self._line, instant_ns) - count) / self._counts_per_sample
        count += round(math.ceil(ahead) * self._counts_per_sample)
        return self._line.to_engine(count), self._fit.sd_ahead_s(0.0)

    def line_ns(self, count: int) -> EngineNs | None:
        """Return when the chip's clock shows ``count`` by the present line."""
        line = self._line
        return None if line is None else line.to_engine(count)

    @staticmethod
    def _count_at(line: ClockMap, instant_ns: EngineNs) -> float:
        return line.anchor_count + (instant_ns - line.anchor_ns) * line.rate_hz / NS_PER_S

    def _bent(self, t_ns: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
        line_last_ns = self._line_at_last_ns()
        if self._last is None or line_last_ns is None:
            return t_ns
        ahead_s = (self._last[1] - line_last_ns) / NS_PER_S
        if ahead_s < -BEND_MAX_S:
            return t_ns
        # Twice the jump keeps the slope above one half: time never stands still.
        fading_s = max(BEND_S, 2.0 * abs(ahead_s))
        passed_s = (t_ns - line_last_ns) / NS_PER_S
        bend_ns = ahead_s * NS_PER_S * np.exp(-passed_s / fading_s)
        return t_ns + np.round(bend_ns).astype(np.int64)

    def _line_at_last_ns(self) -> int | None:
        return None if self._last is None else self.line_ns(self._last[0])


def _on_line(line: ClockMap, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ``line.to_engine`` of each count."""
    ns_per_count = NS_PER_S / line.rate_hz
    since = np.round((counts - line.anchor_count) * ns_per_count).astype(np.int64)
    return since + line.anchor_ns


def is_age_possible(t_ns: int, now_ns: EngineNs, oldest_s: float) -> bool:
    """Return whether a sample of this time can have been fetched now.

    Parameters
    ----------
    oldest_s
        How far the chip's memory reaches back, s.
    """
    age_s = (now_ns - t_ns) / NS_PER_S
    return -BEND_MAX_S <= age_s <= oldest_s and math.isfinite(age_s)
