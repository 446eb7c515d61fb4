"""How strongly a person follows: phase-correction gain from steps and beats, with its uncertainty.

Source: linear phase correction ``s[n+1] - s[n] = P - alpha * a[n] + e[n]`` with asynchrony ``a``
(Vorberg & Wing; FIELD C3), where ``e`` is timekeeper noise plus the difference of two motor delays
(Wing & Kristofferson); bounded generalized least squares (Jacoby, Tishby, Repp, Ahissar & Keller
2015, "Parameter estimation of linear sensorimotor synchronization models").
Equation: ``alpha`` and the covariance of ``e`` (variance ``g0``, lag-one covariance ``g1`` in
``[-g0 / 3, 0]``, because motor noise is the smaller one) are estimated in turn until both rest.
Deviations: intervals are in units of the inter-beat interval, so that a change of tempo does not
matter. The formula's standard error takes ``g0`` and ``g1`` as known; on simulated people the
scatter was about 1.7 times as large, and the stated one is widened by that.
Accuracy: ``test_the_estimate_finds_the_gain_of_simulated_people``.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from operator import mul

from rascue.core.clock import seconds_between
from rascue.cue.beat_track import StepOnBeat

INTERVALS_MIN = 20
"""Fewer say nothing; FIELD 3.1 asks for 20-30 steps for any figure of synchrony."""

INTERVALS_KEPT = 100
"""About a minute. Default, not evidence."""

GAP_RATIO = 1.6
"""Steps further apart than so many inter-beat intervals are not successive."""

ROUNDS_MAX = 8
RESTED = 5e-3
"""Change of the gain below which no further round is made."""

EQUAL_BELOW = 1e-9
"""Asynchronies whose sum of squares is smaller (interval units) do not differ."""

NOISE_MIN = 1e-12
"""Variance (interval units) of a step one microsecond off, below any sensor's."""

WIDENED = 1.7
"""See Deviations."""


@dataclass(frozen=True, slots=True)
class FollowingGain:
    """Share of an asynchrony that is corrected at the next step, and its standard error."""

    gain: float
    sd: float


class FollowingGainEstimator:
    """Estimates the gain over the last steps on beats.

    Parameters
    ----------
    beats_per_contact
        1 when each step is seen, 2 for a sensor on one leg.
    """

    def __init__(self, beats_per_contact: int = 1) -> None:
        self._beats_per_contact = beats_per_contact
        self._last: StepOnBeat | None = None
        self._pairs: deque[tuple[float, float]] = deque(maxlen=INTERVALS_KEPT)

    def add(self, step: StepOnBeat) -> None:
        """Take a step on a beat, in order."""
        last, self._last = self._last, step
        if last is None:
            return
        interval_s = seconds_between(last.ic_ns, step.ic_ns)
        if interval_s < GAP_RATIO * self._beats_per_contact * step.interval_s:
            self._pairs.append((last.asynchrony_s / last.interval_s, interval_s / last.interval_s))

    def estimate(self) -> FollowingGain | None:
        """Return the gain; None before ``INTERVALS_MIN`` intervals were seen."""
        if len(self._pairs) < INTERVALS_MIN:
            return None
        mean_asynchrony = math.fsum(a for a, _ in self._pairs) / len(self._pairs)
        mean_interval = math.fsum(i for _, i in self._pairs) / len(self._pairs)
        x = [a - mean_asynchrony for a, _ in self._pairs]
        if math.fsum(value * value for value in x) < EQUAL_BELOW:
            return None
        return _bounded_gls(x, [mean_interval - i for _, i in self._pairs])


def _bounded_gls(x: list[float], y: list[float]) -> FollowingGain:
    """Return the slope of ``y`` over ``x`` under noise with a bounded lag-one covariance."""
    n = len(x)
    gain, g0, g1 = math.inf, 1.0, 0.0
    for _ in range(ROUNDS_MAX):
        weighted = _solved(g0, g1, x)
        information = _dot(weighted, x)
        before, gain = gain, _dot(weighted, y) / information
        residual = [v - gain * u for u, v in zip(x, y, strict=True)]
        g0 = max(_dot(residual, residual) / n, NOISE_MIN)
        g1 = min(max(_dot(residual[1:], residual[:-1]) / n, -g0 / 3.0), 0.0)
        if abs(gain - before) < RESTED:
            break
    return FollowingGain(gain, WIDENED / math.sqrt(information))


def _solved(diagonal: float, beside: float, right: list[float]) -> list[float]:
    """Return ``w`` with ``M w = right``, M having two constant bands (Thomas algorithm).

    In plain Python, because a library may use several threads for it, which costs more than the
    work itself and makes results depend on the machine.
    """
    pivot, value = diagonal, right[0]
    rows = [(pivot, value)]
    for given in right[1:]:
        factor = beside / pivot
        pivot, value = diagonal - factor * beside, given - factor * value
        rows.append((pivot, value))
    below = 0.0
    solved = []
    for pivot, value in reversed(rows):
        below = (value - beside * below) / pivot
        solved.append(below)
    return solved[::-1]


def _dot(a: list[float], b: list[float]) -> float:
    return sum(map(mul, a, b), 0.0)
