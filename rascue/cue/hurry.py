"""How likely it is that steps become quicker one after another. Pure.

Source: the posterior probability of a change is the best sign of one that comes at a random time
(Shiryaev 1963, "On optimum methods in quickest detection problems"); it is computed step by step
as in a hidden Markov model (forward recursion, Rabiner 1989). What festination is: steps that
shorten one after another (FIELD 2.7 and the simulated person of that kind).
Equation: state 0 is even walking, state k the k-th hurried step. With each step 0 -> 1 with chance
``ONSET``, else 0 -> 0; k -> k + 1; a beat heard meanwhile leads back to 0 with chance ``RELEASE``.
In state k a step is shorter than usual by ``1 - (1 - SHORTENING)**k``, with the person's scatter;
of what the step before was off, ``ECHO`` comes back with the opposite sign, as each contact ends
one step and begins another (Wing and Kristofferson: a lag-one correlation of -0.5 to 0).
"Usual" is the median of the same foot's steps, no longer than the reference: uneven legs are no
hurry, and neither is somebody who comes back to the reference from below. After a pause nobody
knows which foot comes first, so it is that of the quicker foot until enough steps were made.
Accuracy: ``test_hurry.py``; what it costs in beats: docs/strategies.md.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, StepEvent

ONSET = 1 / 120
"""Chance that a hurry begins with a step: about one in a minute. Default, not evidence."""

SHORTENING = 0.03
"""By how much each hurried step is shorter than the one before. Default, not evidence."""

RELEASE = 0.2
"""Chance that a beat ends a hurry. Default, not evidence."""

ECHO = 0.25
"""See the equation; half of the largest possible. Default, not evidence."""

STATES = 12
"""The last one stands for all longer hurries: steps a third shorter."""

STEPS_KEPT = 60
STEPS_MIN = 20
"""Steps from which the usual step is told."""

EXPECTED_RATIO = 0.03
EXPECTED_WEIGHT = 30
"""Scatter of a step before any is known (FIELD 3.1: 2-3 %), and as how many steps it counts."""

PAUSE_RATIO = 1.6
"""A step longer than so many usual ones is a pause or a missed step: a new series begins."""

CERTAIN = 0.99
HURRIED_RATIO = 0.08
"""A hurry this probable, with a step so much shorter than usual, is beyond doubt. Default."""

MAD_TO_SD = 1.4826
"""Standard deviation of normally distributed values over their median absolute deviation."""

FEET = 2


class HurryBelief:
    """Follows contacts of both feet.

    ``probability`` is that of a hurry at the last step; ``happened`` is True once the person has
    hurried beyond doubt.
    """

    def __init__(self) -> None:
        self._last_ns: EngineNs | None = None
        self._lasted_s: deque[float] = deque(maxlen=STEPS_KEPT)
        self._shorter: deque[float] = deque(maxlen=STEPS_KEPT)
        self._sd = EXPECTED_RATIO
        self._quicker_foot_s: float | None = None
        self.happened = False
        self._restart()

    @property
    def probability(self) -> float:
        """Chance that the last step was hurried, 0..1."""
        return 1.0 - self._chances[0]

    def take(self, steps: Sequence[StepEvent], step_s: float, *, cued: bool) -> None:
        """Take contacts, in order, against the reference of one step; ``cued``: beats sound."""
        for step in steps:
            last_ns, self._last_ns = self._last_ns, step.ic_ns
            if last_ns is None:
                continue
            lasted_s = seconds_between(last_ns, step.ic_ns)
            if lasted_s > PAUSE_RATIO * step_s:
                self._restart()
                self._lasted_s.clear()
            else:
                self._judge(lasted_s, step_s, cued=cued)

    def _restart(self) -> None:
        self._chances = [1.0, *[0.0] * STATES]
        self._off = [0.0] * (STATES + 1)

    def _judge(self, lasted_s: float, step_s: float, *, cued: bool) -> None:
        usual_s = self._usual_s(step_s)
        self._lasted_s.append(lasted_s)
        if usual_s is None:
            return
        shorter = 1.0 - lasted_s / usual_s
        self._step(shorter)
        if cued:
            self._released()
        self.happened |= self.probability > CERTAIN and shorter > HURRIED_RATIO
        self._shorter.append(shorter)
        self._sd = self._scatter()

    def _scatter(self) -> float:
        """Return the scatter of a step, from what was seen and what is expected."""
        middle = statistics.median(self._shorter)
        mad = statistics.median(abs(value - middle) for value in self._shorter)
        n = len(self._shorter)
        seen, expected = n * (MAD_TO_SD * mad) ** 2, EXPECTED_WEIGHT * EXPECTED_RATIO**2
        return math.sqrt((seen + expected) / (n + EXPECTED_WEIGHT))

    def _usual_s(self, step_s: float) -> float | None:
        """Return the usual length of the step that has just ended, s; None: not known yet."""
        known = list(self._lasted_s)
        if len(known) < STEPS_MIN:
            return self._quicker_foot_s
        same_s, other_s = (statistics.median(known[-foot::-FEET]) for foot in (FEET, 1))
        longest = min(1.0, FEET * step_s / (same_s + other_s))
        self._quicker_foot_s = longest * min(same_s, other_s)
        return longest * same_s

    def _step(self, shorter: float) -> None:
        """Go one step further in all states and weigh each by what was seen."""
        calm, *hurried = self._chances
        last, off = hurried[-2] + hurried[-1], self._off
        chances = [calm * (1.0 - ONSET), calm * ONSET, *hurried[:-2], last]
        before = [off[0], off[0], *off[1:-1]]
        self._off = [
            shorter - expected + ECHO * was for expected, was in zip(_EXPECTED, before, strict=True)
        ]
        weights = [
            chance * math.exp(-0.5 * (value / self._sd) ** 2)
            for chance, value in zip(chances, self._off, strict=True)
        ]
        total = math.fsum(weights)
        if total > 0.0:
            self._chances = [weight / total for weight in weights]
        else:
            self._restart()

    def _released(self) -> None:
        """Reckon with a beat having ended the hurry."""
        self._chances = [(1.0 - RELEASE) * chance for chance in self._chances]
        self._chances[0] = 1.0 - math.fsum(self._chances[1:])


_EXPECTED = tuple(1.0 - (1.0 - SHORTENING) ** k for k in range(STATES + 1))
