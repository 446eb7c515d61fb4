"""Contacts -> steps per minute: a median over strides that one odd step cannot move.

Runs in the engine's main thread; "now" is an argument, no clock is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median

from rascue.cadence.swing import SwingTimes
from rascue.core.clock import after, seconds_between
from rascue.core.types import (
    CadenceEstimate,
    CadenceStatus,
    EngineNs,
    FinalContactEvent,
    StepEvent,
)

MAD_TO_SD = 1.4826
"""Standard deviation of normally distributed values over their median absolute deviation."""

COMPARABLE_INTERVALS = 3
"""With fewer intervals than this nobody can say which of them is odd."""

SPREAD_IN_PREDICTION = 0.75
STRIDE_IN_PREDICTION = 0.022
"""SD of the expected contact: root of the squares of this part of the spread of the recent strides
(five say little of it) and this part of the stride, as steady walkers vary by 1 to 3 % (Hausdorff
2005). Chosen so that two thirds of the errors on the recordings lie within one SD."""

SWING_SD_SHARE = 0.7
"""What is left of that SD once the foot is in the air; chosen likewise."""

SWING_WEIGHT = 0.7
SWING_PULL_MAX = 0.05
"""How far toe-off plus usual swing draws the expected contact, and the largest difference that
counts, part of a stride: beyond it the toe-off is the likelier error. docs/detectors.md."""

MISSED_RATIO = 1.5
MISSED_SHARE = 0.25
"""Intervals so much longer than the short ones hold a missed step, or legs are so uneven that
nobody can tell; with this share of them the cadence is no measure. Default, not evidence."""

CONTACTS_TO_DISPLAY = 3
"""Fewer contacts than this give no mean for the display. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class RobustMedianParams:
    """Gates and memory of the estimate.

    Parameters
    ----------
    cadence_min_spm, cadence_max_spm
        Steps slower or faster than this are not used. Source: Mobilise-D (FIELD C1 [95]).
    outlier_ratio
        A step this far from the median of the recent ones is set aside (FIELD C1, 30 %)...
    agree_count
        ...unless so many in a row agree with each other: then the rhythm has changed.
    strides
        Number of stride times the median is taken over. FIELD C1: 4 to 6.
    strides_min
        Fewer than this and no number is given.
    changing_ratio
        The newest stride times differ from the median by more than this share: CHANGING.
        Default, not evidence.
    standing_min_s, standing_steps
        Standing after the longer of this time and so many steps without one (FIELD C1).
    display_s
        Window of the mean for the display, s. Default, not evidence.
    """

    cadence_min_spm: float = 40.0
    cadence_max_spm: float = 172.9
    outlier_ratio: float = 0.3
    agree_count: int = 3
    strides: int = 5
    strides_min: int = 2
    changing_ratio: float = 0.06
    standing_min_s: float = 2.0
    standing_steps: float = 2.0
    display_s: float = 6.0


DEFAULT_PARAMS = RobustMedianParams()


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """What the intervals in memory say; it changes with a contact, not with time."""

    n_steps: int
    window_s: float
    stride_s: float
    spread_s: float
    next_s: float
    changing: bool


class RobustMedianCadence:
    """Median of the last stride times, as steps per minute.

    Parameters
    ----------
    contacts_per_stride
        1 when the contacts are those of one foot, 2 when they are those of both.
    params
        Gates and memory.

    Notes
    -----
    1. An interval outside the gates, or far from the recent median, is set aside; three such
       intervals that agree replace the memory.
    2. Each stride (two steps, so that uneven legs do not make the tempo alternate) gives half
       its duration as step time; the estimate is the median of the last five.
    3. Between contacts the estimate stays; once the next contact is late it falls as
       ``60 / time since the last one`` and never rises. Then it says STANDING.
    4. When a quarter of the intervals is half as long again as the short ones, steps are being
       missed: the status is CHANGING, so that nothing relies on the number.
    5. The next contact is expected after the last by the median of the same foot's last three
       intervals. Once its foot has left the ground, that is drawn towards toe-off plus usual swing.

    Source: FIELD.md C1 and what it cites.
    """

    def __init__(
        self, contacts_per_stride: int, params: RobustMedianParams = DEFAULT_PARAMS
    ) -> None:
        self._per_stride = contacts_per_stride
        self._params = params
        self.reset()

    def reset(self) -> None:
        """Forget all steps."""
        self._last_ns: EngineNs | None = None
        self._intervals: deque[float] = deque(maxlen=self._params.strides * self._per_stride + 1)
        self._odd: list[float] = []
        self._recent_contacts: deque[EngineNs] = deque()
        self._swings = SwingTimes()
        self._renew()

    def process(self, events: Sequence[StepEvent | FinalContactEvent]) -> None:
        """Take newly announced contacts and toe-offs, in order of announcement."""
        for event in events:
            if isinstance(event, StepEvent):
                self._swings.contact(event)
                self._take(event.ic_ns)
                self._renew()
            else:
                self._swings.lift(event)

    def estimate(self, now_ns: EngineNs) -> CadenceEstimate:
        """Return what is known at ``now_ns``, which is not before the last contact."""
        if self._last_ns is None:
            return _unknown(now_ns, CadenceStatus.SPARSE)
        elapsed_s = seconds_between(self._last_ns, now_ns)
        if elapsed_s > self._patience_s:
            return _unknown(now_ns, CadenceStatus.STANDING)
        if self._rhythm is None:
            return _unknown(now_ns, CadenceStatus.SPARSE, len(self._intervals))
        return self._known(now_ns, self._last_ns, elapsed_s, self._rhythm)

    def display_spm(self) -> float | None:
        """Return the mean cadence of the last seconds, steps/min; None with too few steps."""
        contacts = self._recent_contacts
        if len(contacts) < CONTACTS_TO_DISPLAY:
            return None
        span_s = seconds_between(contacts[0], contacts[-1])
        return 60.0 * self._steps * (len(contacts) - 1) / span_s

    @property
    def _steps(self) -> int:
        """Steps per contact: 2 when only one foot is seen."""
        return 2 // self._per_stride

    def _take(self, ic_ns: EngineNs) -> None:
        last, self._last_ns = self._last_ns, ic_ns
        self._remember_for_display(ic_ns)
        if last is None:
            return
        interval = seconds_between(last, ic_ns)
        if not self._is_plausible(interval):
            if interval > self._steps * 60.0 / self._params.cadence_min_spm:
                self._forget_rhythm()
            return
        if self._is_odd(interval):
            self._set_aside(interval)
        else:
            self._odd.clear()
            self._intervals.append(interval)

    def _remember_for_display(self, ic_ns: EngineNs) -> None:
        self._recent_contacts.append(ic_ns)
        while seconds_between(self._recent_contacts[0], ic_ns) > self._params.display_s:
            self._recent_contacts.popleft()

    def _is_plausible(self, interval: float) -> bool:
        spm = 60.0 * self._steps / interval if interval > 0.0 else float("inf")
        return self._params.cadence_min_spm < spm < self._params.cadence_max_spm

    def _is_odd(self, interval: float) -> bool:
        """Tell whether an interval fits neither the recent ones nor the same foot's last one."""
        known = list(self._intervals)
        if len(known) < COMPARABLE_INTERVALS:
            return False
        usual = (median(known[-5:]), known[-self._per_stride])
        return all(abs(interval - x) > self._params.outlier_ratio * x for x in usual)

    def _set_aside(self, interval: float) -> None:
        """Keep an odd interval apart; enough of them that agree become the new rhythm."""
        self._odd.append(interval)
        if len(self._odd) < self._params.agree_count:
            return
        middle = median(self._odd)
        if all(abs(x - middle) <= self._params.outlier_ratio * middle for x in self._odd):
            self._intervals.clear()
            self._intervals.extend(self._odd)
            self._odd.clear()
        else:
            self._odd.pop(0)

    def _forget_rhythm(self) -> None:
        self._intervals.clear()
        self._odd.clear()
        while len(self._recent_contacts) > 1:
            self._recent_contacts.popleft()

    def _stride_times(self) -> list[float]:
        """Return the durations of the strides in memory, s, oldest first."""
        if self._per_stride == 1:
            return list(self._intervals)
        return [first + second for first, second in pairwise(self._intervals)]

    def _renew(self) -> None:
        """Take from the intervals all that does not depend on "now"."""
        usual_s = median(self._intervals) if self._intervals else 0.0
        self._patience_s = max(self._params.standing_min_s, self._params.standing_steps * usual_s)
        strides = self._stride_times()
        enough = len(strides) >= self._params.strides_min
        self._rhythm = self._rhythm_of(strides[-self._params.strides :]) if enough else None

    def _rhythm_of(self, strides: Sequence[float]) -> _Rhythm:
        stride_s = median(strides)
        newest = strides[-2:]
        slower = all(x > stride_s * (1 + self._params.changing_ratio) for x in newest)
        faster = all(x < stride_s * (1 - self._params.changing_ratio) for x in newest)
        return _Rhythm(
            n_steps=len(self._intervals) + 1,
            window_s=sum(self._intervals),
            stride_s=stride_s,
            spread_s=MAD_TO_SD * median(abs(x - stride_s) for x in strides),
            next_s=self._next_interval_s(),
            changing=slower or faster or self._missing_steps(),
        )

    def _missing_steps(self) -> bool:
        """Tell whether so many intervals are long that steps are being missed."""
        known = sorted(self._intervals)
        short_s = known[len(known) // 4]
        return sum(x > MISSED_RATIO * short_s for x in known) >= MISSED_SHARE * len(known)

    def _known(
        self, now_ns: EngineNs, last_ns: EngineNs, elapsed_s: float, rhythm: _Rhythm
    ) -> CadenceEstimate:
        spread_s, stride_s = rhythm.spread_s, rhythm.stride_s
        cadence = 120.0 / stride_s
        if elapsed_s > rhythm.next_s:
            cadence = min(cadence, 60.0 * self._steps / elapsed_s)
        next_ns, refreshed = self._next_contact(after(last_ns, rhythm.next_s), stride_s)
        return CadenceEstimate(
            at_ns=now_ns,
            cadence_spm=cadence,
            sd_spm=cadence * spread_s / stride_s,
            n_steps=rhythm.n_steps,
            window_s=rhythm.window_s,
            status=CadenceStatus.CHANGING if rhythm.changing else CadenceStatus.STEADY,
            next_ic_ns=next_ns,
            next_ic_sd_s=_prediction_sd_s(spread_s, stride_s, refreshed=refreshed),
        )

    def _next_contact(self, by_rhythm_ns: EngineNs, stride_s: float) -> tuple[EngineNs, bool]:
        """Return the expected contact, and whether a swing under way told of it."""
        by_swing_ns = self._swings.expected_ns()
        if by_swing_ns is None:
            return by_rhythm_ns, False
        limit_s = SWING_PULL_MAX * stride_s
        pull_s = min(limit_s, max(-limit_s, seconds_between(by_rhythm_ns, by_swing_ns)))
        return after(by_rhythm_ns, SWING_WEIGHT * pull_s), True

    def _next_interval_s(self) -> float:
        """Return the expected time from the last contact to the next, of the other foot."""
        same_foot = list(self._intervals)[-self._per_stride :: -self._per_stride]
        return median(same_foot[:3])


def _unknown(now_ns: EngineNs, status: CadenceStatus, n_steps: int = 0) -> CadenceEstimate:
    return CadenceEstimate(now_ns, None, None, n_steps, 0.0, status)


def _prediction_sd_s(spread: float, stride_s: float, *, refreshed: bool) -> float:
    sd_s = hypot(SPREAD_IN_PREDICTION * spread, STRIDE_IN_PREDICTION * stride_s)
    return SWING_SD_SHARE * sd_s if refreshed else sd_s
