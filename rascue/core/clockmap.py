"""Ties a foreign clock (sensor ticks, DAC frames) to engine time."""

from __future__ import annotations

from dataclasses import dataclass

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs


@dataclass(frozen=True, slots=True)
class ClockMap:
    """A line between a foreign counter and engine time.

    ``engine = anchor_ns + (count - anchor_count) * 1e9 / rate_hz``: the result is the number to
    *replace* the count by, in engine ns. Accuracy: ``residual_sd_s`` is the scatter of the pairs
    around the line. What the map does not know is the constant part of the delay between the
    event and its observation; that is a calibration value, kept elsewhere.

    Parameters
    ----------
    anchor_count, anchor_ns
        A point on the line.
    rate_hz
        Counts per second of engine time, greater than 0.
    residual_sd_s
        Standard deviation of the fitted pairs about the line, s.
    n_pairs
        Number of pairs the line was fitted to.
    """

    anchor_count: int
    anchor_ns: EngineNs
    rate_hz: float
    residual_sd_s: float
    n_pairs: int

    def to_engine(self, count: int) -> EngineNs:
        """Return the instant at which the foreign counter shows ``count``."""
        return EngineNs(
            self.anchor_ns + round((count - self.anchor_count) * NS_PER_S / self.rate_hz)
        )

    def to_count(self, instant: EngineNs) -> int:
        """Return the count shown nearest to ``instant``."""
        return self.anchor_count + round((instant - self.anchor_ns) * self.rate_hz / NS_PER_S)
