"""Whether steps become quicker one after another: a one-sided cumulative sum. Pure.

Source: Page 1954, "Continuous inspection schemes"; among tests with the same rate of false alarms
it finds a change of known size soonest (Lorden 1971, Moustakides 1986). What festination is: steps
that shorten one after another (FIELD 2.7 and the simulated person of that kind).
Equation: with ``x`` the share by which a stride is shorter than the reference, ``m`` and ``sd``
its usual value and scatter: ``S <- max(0, S + (x - m) / sd - ALLOWED_SD)``, once per step.
Deviations: overlapping strides, not steps, because the unequal steps of one person are no hurry.
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Sequence

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, StepEvent

ALLOWED_SD = 1.0
"""What is taken off at each step: half of the change looked for, which is two SD. Default."""

STRIDES_KEPT = 60
STRIDES_MIN = 20
"""Strides from which the scatter is told, and below which it is taken as usual. Default."""

USUAL_RATIO = 0.02
LEAST_RATIO = 0.012
"""Scatter of a stride before it is known, and the least one a sensor can tell. Default."""

PAUSE_RATIO = 1.6
"""A step longer than so many usual ones is a pause or a missed step: a new series begins."""

HURRIED_RATIO = 0.08
"""A stride so much shorter than the reference was hurried beyond doubt. Default, not evidence."""

MAD_TO_SD = 1.4826
"""Standard deviation of normally distributed values over their median absolute deviation."""


class HurrySum:
    """Follows contacts of both feet.

    ``sum_sd`` is the cumulative sum in SD of the person's strides; ``happened`` is True once the
    person has hurried beyond doubt.
    """

    def __init__(self) -> None:
        self._contacts: deque[EngineNs] = deque(maxlen=3)
        self._strides: deque[float] = deque(maxlen=STRIDES_KEPT)
        self._middle, self._sd = 0.0, USUAL_RATIO
        self.sum_sd = 0.0
        self.happened = False

    def take(self, steps: Sequence[StepEvent], step_s: float) -> None:
        """Take contacts, in order, against the reference of one step."""
        for step in steps:
            last_ns = self._contacts[-1] if self._contacts else step.ic_ns
            if seconds_between(last_ns, step.ic_ns) > PAUSE_RATIO * step_s:
                self._contacts.clear()
                self.restart()
            self._contacts.append(step.ic_ns)
            if len(self._contacts) == self._contacts.maxlen:
                stride_s = seconds_between(self._contacts[0], step.ic_ns)
                self._judge(1.0 - stride_s / (2.0 * step_s))

    def restart(self) -> None:
        """Begin a new sum."""
        self.sum_sd = 0.0

    def _judge(self, shorter: float) -> None:
        self.happened = self.happened or shorter > HURRIED_RATIO
        excess_sd = (shorter - self._middle) / self._sd
        self.sum_sd = max(0.0, self.sum_sd + excess_sd - ALLOWED_SD)
        self._strides.append(shorter)
        if len(self._strides) >= STRIDES_MIN:
            self._middle = statistics.median(self._strides)
            mad = statistics.median(abs(value - self._middle) for value in self._strides)
            self._sd = max(LEAST_RATIO, MAD_TO_SD * mad)
