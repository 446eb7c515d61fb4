"""How strongly a person follows: phase-correction gain from steps and beats, with its uncertainty.

Source: linear phase correction ``s[n+1] - s[n] = P - alpha * a[n] + noise`` with asynchrony ``a``
(Vorberg & Wing; FIELD C3); slope by an instrumental variable (Reiersol 1941).
Equation: ``alpha = -sum(z * i) / sum(z * a)`` with interval ``i[n] = s[n+1] - s[n]``, instrument
``z[n] = a[n-1]``, all without their means.
Deviations: plain regression on ``a[n]`` would overrate the gain, because a late contact makes both
its own asynchrony longer and the next interval shorter; the asynchrony before it does not know of
that error.
Accuracy: ``test_the_estimate_finds_the_gain_of_simulated_people``.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from rascue.core.clock import seconds_between
from rascue.cue.beat_track import StepOnBeat

INTERVALS_MIN = 20
"""Fewer say nothing; FIELD 3.1 asks for 20-30 steps for any figure of synchrony."""

INTERVALS_KEPT = 100
"""About a minute. Default, not evidence."""

GAP_RATIO = 1.6
"""Steps further apart than so many inter-beat intervals are not successive."""


@dataclass(frozen=True, slots=True)
class FollowingGain:
    """Share of an asynchrony that is corrected at the next step, and its standard error."""

    gain: float
    sd: float


class FollowingGainEstimator:
    """Estimates the gain over the last steps on beats."""

    def __init__(self, beats_per_contact: int = 1) -> None:
        self._beats_per_contact = beats_per_contact
        self._last: StepOnBeat | None = None
        self._before_last: StepOnBeat | None = None
        self._triples: deque[tuple[float, float, float]] = deque(maxlen=INTERVALS_KEPT)

    def add(self, step: StepOnBeat) -> None:
        """Take a step on a beat, in order."""
        if self._last is not None and not self._successive(self._last, step):
            self._last = self._before_last = None
        if self._last is not None and self._before_last is not None:
            interval_s = seconds_between(self._last.ic_ns, step.ic_ns)
            unit_s = self._last.interval_s
            # In units of the inter-beat interval, so that a change of tempo does not matter.
            self._triples.append(
                (
                    self._before_last.asynchrony_s / unit_s,
                    self._last.asynchrony_s / unit_s,
                    interval_s / unit_s,
                )
            )
        self._before_last, self._last = self._last, step

    def estimate(self) -> FollowingGain | None:
        """Return the gain; None before ``INTERVALS_MIN`` intervals were seen."""
        if len(self._triples) < INTERVALS_MIN:
            return None
        z, a, i = (column - column.mean() for column in np.array(self._triples).T)
        shared = float(z @ a)
        if shared <= 0.0:
            # Asynchronies without memory: each is corrected at once.
            return FollowingGain(1.0, 1.0)
        gain = -float(z @ i) / shared
        residual = i + gain * a
        scatter = math.sqrt(float(residual @ residual) / (len(z) - 2))
        return FollowingGain(gain, scatter * math.sqrt(float(z @ z)) / shared)

    def _successive(self, earlier: StepOnBeat, later: StepOnBeat) -> bool:
        gap_s = seconds_between(earlier.ic_ns, later.ic_ns)
        return gap_s < GAP_RATIO * self._beats_per_contact * later.interval_s
