"""Cues as others make them, to compare ours with: outside the product, in the same simulation.

Each gets the same detected steps at the same time as our engine would, and sounds its beats without
any limit but its own. None of them places a beat by the phase of the steps.
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable
from typing import Protocol

from rascue.core.clock import NS_PER_S
from rascue.core.types import StepEvent


class BaselineCue(Protocol):
    """Says which tempo sounds now; the bench places the beats one period after another."""

    def step(self, step: StepEvent) -> None:
        """Take a detected contact."""
        ...

    def tempo_spm(self, elapsed_s: float) -> float:
        """Return the tempo after so much more time, steps/min."""
        ...


class MetronomeApp:
    """A plain metronome set to the target.

    Source: every metronome application; the comparison arm of most trials (FIELD 2).
    """

    def __init__(self, _: float, target_spm: float) -> None:
        self._target_spm = target_spm

    def step(self, step: StepEvent) -> None:
        """Take no notice of steps."""

    def tempo_spm(self, elapsed_s: float) -> float:
        """Return the target."""
        return self._target_spm


class TempoFollower:
    """Follows the tempo of the steps and knows no phase.

    Source: the rules read in the nearest open-source system (FIELD C8): smoothed over 3 steps;
    per 1/25 s a share of 0.025 of the difference, faster when more than 5 steps/min behind; first
    5 steps at most 10 steps/min per s; 40-240 steps/min.
    Deviations: no prediction by machine learning, no lock to the mean.
    """

    SHARE_PER_S = 0.025 * 25.0
    FIRST_STEPS = 5
    FIRST_RATE_SPM_PER_S = 10.0

    def __init__(self, baseline_spm: float, _: float) -> None:
        self._tempo_spm = baseline_spm
        self._recent_s: deque[float] = deque(maxlen=3)
        self._last_ns: int | None = None
        self._n_steps = 0

    def step(self, step: StepEvent) -> None:
        """Take the newest interval into the mean."""
        if self._last_ns is not None and step.ic_ns - self._last_ns < 2 * NS_PER_S:
            self._recent_s.append((step.ic_ns - self._last_ns) / NS_PER_S)
        self._last_ns = step.ic_ns
        self._n_steps += 1

    def tempo_spm(self, elapsed_s: float) -> float:
        """Move the tempo toward that of the steps."""
        if self._recent_s:
            ahead = 60.0 / statistics.fmean(self._recent_s) - self._tempo_spm
            boost = min(4.0, 1.0 + 0.1 * max(0.0, abs(ahead) - 5.0))
            move = ahead * min(1.0, self.SHARE_PER_S * boost * elapsed_s)
            if self._n_steps <= self.FIRST_STEPS:
                most = self.FIRST_RATE_SPM_PER_S * elapsed_s
                move = min(max(move, -most), most)
            self._tempo_spm = min(max(self._tempo_spm + move, 40.0), 240.0)
        return self._tempo_spm


class CvGatedProgression:
    """Raises the tempo while the steps are even.

    Source: the rules read in an open telephone plug-in (FIELD C9): 0.9-1.15 of the baseline,
    comfort zone of 5 %, +1 %/s while stability > 0.7 and following > 0.6 (1.5 times that after
    60 s), back by 0.3 or 0.5 of the deviation at 2 %/s outside the zone; stability 1, 0.8, 0.6,
    0.4 at a variability of 3, 5, 8, 10 %.
    Deviations: "following" is not defined in what was read; here it is 1 minus twenty times the
    relative difference of step and cue tempo; deviations count in widths of the zone. No learned
    maximum.
    """

    STEPS_KEPT = 12
    CLAMP_PCT = 115.0

    def __init__(self, baseline_spm: float, _: float) -> None:
        self._baseline_spm = baseline_spm
        self._tempo_spm = baseline_spm
        self._intervals_s: deque[float] = deque(maxlen=self.STEPS_KEPT)
        self._last_ns: int | None = None
        self._stable_s = 0.0

    def step(self, step: StepEvent) -> None:
        """Take the newest interval."""
        if self._last_ns is not None and step.ic_ns - self._last_ns < 2 * NS_PER_S:
            self._intervals_s.append((step.ic_ns - self._last_ns) / NS_PER_S)
        self._last_ns = step.ic_ns

    def tempo_spm(self, elapsed_s: float) -> float:
        """Raise, or go back toward the steps."""
        if len(self._intervals_s) < self.STEPS_KEPT:
            return self._tempo_spm
        mean_s = statistics.fmean(self._intervals_s)
        deviation = 60.0 / mean_s / self._tempo_spm - 1.0
        change = self._change_per_s(deviation, statistics.stdev(self._intervals_s) / mean_s)
        raised = self._tempo_spm * (1.0 + change * elapsed_s)
        self._stable_s = self._stable_s + elapsed_s if change > 0.0 else 0.0
        lowest, highest = 0.9 * self._baseline_spm, self.CLAMP_PCT / 100.0 * self._baseline_spm
        self._tempo_spm = min(max(raised, lowest), highest)
        return self._tempo_spm

    def _change_per_s(self, deviation: float, variability: float) -> float:
        if deviation > 0.05:  # noqa: PLR2004 - the comfort zone of the source
            return 0.3 * deviation * 0.02 / 0.05
        if deviation < -0.05:  # noqa: PLR2004
            return 0.5 * deviation * 0.02 / 0.05
        following = 1.0 - 20.0 * abs(deviation)
        if self._stability(variability) > 0.7 and following > 0.6:  # noqa: PLR2004
            return 0.015 if self._stable_s > 60.0 else 0.01  # noqa: PLR2004
        return 0.0

    @staticmethod
    def _stability(variability: float) -> float:
        scores = ((0.03, 1.0), (0.05, 0.8), (0.08, 0.6), (0.10, 0.4))
        return next((score for bound, score in scores if variability <= bound), 0.0)


BASELINES: dict[str, Callable[[float, float], BaselineCue]] = {
    "metronome app": MetronomeApp,
    "tempo follower": TempoFollower,
    "CV-gated progression": CvGatedProgression,
}
"""Name in the scoreboard -> cue made from (baseline, target) in steps/min."""
