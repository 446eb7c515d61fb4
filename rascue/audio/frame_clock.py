"""Times at which a sound device asked for blocks -> the line between its frames and engine time.

Runs in the engine's main thread, on what the mixer's callback noted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rascue.core.clock import NS_PER_S
from rascue.core.clockmap import ClockMap
from rascue.core.types import EngineNs

WINDOW_S = 0.25
"""Only the earliest request of each window counts, s; default, not evidence."""

START_RATE_SD = 300e-6
"""What is known of an unseen device's rate, as a ratio: crystals keep within 200 ppm."""

SETTLE_S = 0.1
"""Length of a window while there is no map, s: longer than the burst in which a device fills its
buffer; after an underflow the map is back before the beats given to the mixer run out; default."""

RESTART_RATE_SD = 20e-6
"""The same after an interruption: the crystal has not changed; default, not evidence."""

RATE_WALK = 1e-6
"""Wandering of the rate in 1 s, as a ratio: 8 ppm in a minute. Default, not evidence; far more
than a crystal does, so that a rate that drifts steadily is followed without a lag."""

START_SPREAD_S, LEAST_SPREAD_S = 1e-3, 1e-4
"""Spread of the earliest requests before it is known, and the least ever assumed, s; default."""

SPREAD_MEMORY = 0.1
"""Share of the newest window in the running spread; default, not evidence."""

GATE_SDS = 5.0
"""A window further off than so many standard deviations is an outlier; default, not evidence."""

STEP_WINDOWS = 4
"""So many outliers in a row on one side are a step of the device; default, not evidence."""

LOCK_WINDOWS = 4
"""No map of an unseen device before so many windows; default, not evidence."""

LOCK_SPREAD_S = 2e-3
"""No map while the windows scatter more than this, s. Source: AUDIO.md section 11, 5."""

LOCK_SD_S = 5e-4
"""No map while the line is less certain than this a second ahead, s; half of the budget of 1 ms
for the SD of onsets (ARCHITECTURE 3)."""


@dataclass(frozen=True, slots=True)
class Request:
    """The device asked for the block that begins with ``frame`` at ``at_ns``."""

    frame: int
    at_ns: int


@dataclass(slots=True)
class Certainty:
    """Covariance of the line's error: offset (s), relative rate, and both together."""

    offset: float
    both: float
    rate: float

    def ahead(self, seconds: float) -> Certainty:
        """Return what is left of it some time later."""
        walk = RATE_WALK**2 * seconds
        return Certainty(
            offset=self.offset + seconds * (2 * self.both + seconds * self.rate),
            both=self.both + seconds * self.rate,
            rate=self.rate + walk,
        )

    def after_point(self, gain_offset: float, gain_rate: float) -> Certainty:
        """Return what it becomes when a point is taken with these gains."""
        return Certainty(
            offset=self.offset * (1 - gain_offset),
            both=self.both * (1 - gain_offset),
            rate=self.rate - gain_rate * self.both,
        )


class FrameClock:
    """Follows the clock of a sound device.

    1. Requests come late by a varying time, never early: of each ``WINDOW_S`` the earliest against
       the present line is kept (lower envelope).
    2. A Kalman filter with the state (offset, rate) takes these points; the rate walks randomly, so
       old points are forgotten. The spread of the points is learned from them.
    3. A point more than ``GATE_SDS`` off is left out; after ``STEP_WINDOWS`` of them in a row on
       one side the device itself has stepped, and the offset is learned anew.
    4. After a step or an underflow the rate and the spread are known already: one short window
       gives the next map, soon enough for the beat to go on.

    Parameters
    ----------
    rate_hz
        Nominal frames per second.

    Notes
    -----
    Accuracy as shown by tests/unit/audio/test_frame_clock.py. Not known: the least delay between a
    request and the sound; it is part of the output's latency.

    Source: R. E. Kalman, J. Basic Eng. 82(1), 1960, for the filter; keeping the sample of least
    delay is the clock filter of NTP (RFC 5905, section 10). Deviation: NTP's eight stages are one
    window here, since the next request is never far.
    """

    def __init__(self, rate_hz: int) -> None:
        self._period_s = 1.0 / rate_hz
        self._rate_hz = rate_hz
        self._learned_variance: float | None = None
        """Variance of the points while there was a map; None before the first."""
        self._at: Request | None = None
        self._window: list[Request] = []
        self._window_frames: float
        self.restart()

    def restart(self) -> None:
        """Learn anew where the frames are, as after an underflow; the rate is kept."""
        known = self._learned_variance
        self._variance = START_SPREAD_S**2 if known is None else known
        rate_sd = START_RATE_SD if known is None else RESTART_RATE_SD
        self._certainty = Certainty(self._variance, 0.0, rate_sd**2)
        self._at = None
        self._window = []
        self._window_frames = self._rate_hz * SETTLE_S
        self._n_points = 0
        self._n_outliers = 0
        """Outliers in a row, negative when they came early."""

    def add(self, frame: int, at_ns: int) -> None:
        """Take one request: the first frame of the block and the engine ns at which it came."""
        if self._window and frame - self._window[0].frame >= self._window_frames:
            self._take(min(self._window, key=self._lateness_s))
            self._window = []
            self._window_frames = self._rate_hz * (WINDOW_S if self._is_certain() else SETTLE_S)
        self._window.append(Request(frame, at_ns))

    def map(self) -> ClockMap | None:
        """Return the line, or None while it is not certain enough to place a cue by."""
        if self._at is None or not self._is_certain():
            return None
        return ClockMap(
            anchor_count=self._at.frame,
            anchor_ns=EngineNs(self._at.at_ns),
            rate_hz=1.0 / self._period_s,
            residual_sd_s=self._spread_s,
            n_pairs=self._n_points,
        )

    @property
    def _spread_s(self) -> float:
        return math.sqrt(self._variance)

    def _is_certain(self) -> bool:
        return (
            self._n_points >= (LOCK_WINDOWS if self._learned_variance is None else 1)
            and self._spread_s <= LOCK_SPREAD_S
            and self._certainty.ahead(1.0).offset <= LOCK_SD_S**2
        )

    def _lateness_s(self, request: Request) -> float:
        """Return how much later than the line says a request came."""
        line = self._at or self._window[0]
        elapsed_s = (request.at_ns - line.at_ns) / NS_PER_S
        return elapsed_s - (request.frame - line.frame) * self._period_s

    def _take(self, point: Request) -> None:
        if self._at is None:
            self._at, self._n_points = point, 1
            return
        late_s = self._lateness_s(point)
        elapsed_s = (point.frame - self._at.frame) * self._period_s
        self._certainty = self._certainty.ahead(elapsed_s)
        self._at = Request(point.frame, point.at_ns - round(late_s * NS_PER_S))
        expected = self._certainty.offset + self._variance
        if late_s**2 > GATE_SDS**2 * expected:
            self._leave_out(late_s, expected)
        else:
            self._correct(late_s, expected)

    def _correct(self, late_s: float, expected: float) -> None:
        assert self._at is not None  # noqa: S101  only called with a line
        gain_offset = self._certainty.offset / expected
        gain_rate = self._certainty.both / expected
        self._at = Request(self._at.frame, self._at.at_ns + round(gain_offset * late_s * NS_PER_S))
        self._period_s *= 1.0 + gain_rate * late_s
        self._certainty = self._certainty.after_point(gain_offset, gain_rate)
        self._n_points += 1
        self._n_outliers = 0
        # The product of a point's distance before and after the correction has the variance of
        # the points as its mean (R. K. Mehra, IEEE Trans. Autom. Control 15(2), 1970).
        share = max(SPREAD_MEMORY, 1.0 / self._n_points)
        self._learn_spread(late_s**2 * (1.0 - gain_offset), share)
        if self._is_certain():
            self._learned_variance = self._variance

    def _leave_out(self, late_s: float, expected: float) -> None:
        same_side = self._n_outliers * late_s > 0
        self._n_outliers = (self._n_outliers if same_side else 0) + (1 if late_s > 0 else -1)
        if abs(self._n_outliers) >= STEP_WINDOWS:
            self.restart()
        else:
            self._learn_spread(GATE_SDS**2 * expected, SPREAD_MEMORY)

    def _learn_spread(self, square_s2: float, share: float) -> None:
        self._variance = max(
            self._variance + share * (square_s2 - self._variance), LEAST_SPREAD_S**2
        )
