"""How a person follows beats: the linear model of phase and period correction.

With step n at ``s_n``, beat k at ``b_k`` and asynchrony ``a = s - b - mean asynchrony``::

    s_{n+1} = s_n + P_n - alpha * a_n          P_{n+1} = P_n - beta * a_n

Source: the form used by Vorberg and Wing and by Repp, as in FIELD C3.

A beat must be matched at the moment it is heard: to the last step if that is nearer, otherwise it
waits for the next step. A person who compares a step only with beats already heard never sees a
step come first and runs away in tempo (ARCHITECTURE 15).

Deviations: one correction is bounded (``correction_max_ratio``), some beats go unnoticed, the
person engages after a few beats, and without beats the tempo returns in part to the preferred one.
"""

from __future__ import annotations

import math

import numpy as np

from rascue.simulate.walker_params import WalkerParams

PAUSE_S = 2.5
"""Silence after which the beat counts as gone, s: longer than any interval between two beats."""

FUSED_S = 0.1
"""Two sounds nearer than this are heard as one beat, s. Default, not evidence."""

SAME_PULSE_RATIO = 1.6
"""A beat interval longer than so many earlier ones is a gap, not a change of tempo."""


class BeatFollower:
    """The part of a walker that hears: keeps the person's own interval and asymmetry.

    ``period_s`` is the interval of the timekeeper, s; ``asymmetry_ratio`` is (left - right step
    time) / their mean. All times are seconds on the walker's own axis.
    """

    def __init__(self, params: WalkerParams, rng: np.random.Generator) -> None:
        self._params = params
        self._rng = rng
        self.period_s = 60.0 / params.preferred_spm
        self._heard = 0
        self._waiting: list[float] = []
        self._last_step_has_beat = False
        self._last_beat_s = -math.inf
        self._beat_interval_s: float | None = None
        self._cue_period_s: float | None = None
        self._startled = False
        self._side_sign = 1
        self._last_asynchrony_s = 0.0
        self.asymmetry_ratio = params.asymmetry_ratio

    @property
    def beat_interval_s(self) -> float | None:
        """Time between the last two beats heard, s; None before there were two."""
        return self._beat_interval_s

    def hears_beat(self, at_s: float) -> bool:
        """Say whether a beat counts as still going at this time."""
        return at_s - self._last_beat_s < PAUSE_S

    def hear(self, beat_s: float, last_s: float | None, next_s: float | None) -> float:
        """Match one beat at the moment it sounds.

        Parameters
        ----------
        last_s, next_s
            The last contact and the planned one; None while the person stands.

        Returns
        -------
        float
            What to add to the planned contact, s; 0 when the beat changes nothing yet.
        """
        if beat_s - self._last_beat_s < FUSED_S:
            return 0.0
        self._note_interval(beat_s)
        if not self._takes() or last_s is None or next_s is None:
            return 0.0
        if abs(beat_s - last_s) > abs(next_s - beat_s):
            self._waiting.append(beat_s)
            return 0.0
        if self._last_step_has_beat:
            return 0.0
        self._last_step_has_beat = True
        return self._correct(last_s - beat_s)

    def stepped(self, at_s: float, side_sign: int) -> float:
        """Match a step (+1 left, -1 right) with a beat that waited; return as ``hear`` does."""
        self._side_sign = side_sign
        waiting, self._waiting = self._waiting, []
        self._last_step_has_beat = bool(waiting)
        if not waiting:
            return 0.0
        nearest = min(waiting, key=lambda beat_s: abs(beat_s - at_s))
        return self._correct(at_s - nearest)

    def relax(self, at_s: float, step_s: float, rest_s: float) -> None:
        """Without beats the interval returns in part to its rest, within one step."""
        if self.hears_beat(at_s):
            self._cue_period_s = self.period_s
            return
        self._heard = 0
        params = self._params
        cue_s = rest_s if self._cue_period_s is None else self._cue_period_s
        goal_s = rest_s + params.carry_over_ratio * (cue_s - rest_s)
        self.period_s += (goal_s - self.period_s) * (1.0 - math.exp(-step_s / params.carry_over_s))

    def strain(self) -> float:
        """Factor by which all scatter grows because the beat is faster than the person can go."""
        if self._beat_interval_s is None:
            return 1.0
        excess = 60.0 / self._beat_interval_s / self._params.cadence_max_spm - 1.0
        return 1.0 + self._params.strain_gain * max(0.0, excess)

    def take_startle(self) -> bool:
        """Say once whether a sudden change of the beat made the person start."""
        startled, self._startled = self._startled, False
        return startled

    def _note_interval(self, beat_s: float) -> None:
        interval_s = beat_s - self._last_beat_s
        before_s = self._beat_interval_s
        self._last_beat_s = beat_s
        if interval_s > PAUSE_S:
            self._beat_interval_s = None
            return
        if before_s is not None and interval_s > SAME_PULSE_RATIO * before_s:
            self._beat_interval_s = None
            return
        self._beat_interval_s = interval_s
        if before_s is None:
            return
        if abs(interval_s / before_s - 1.0) > self._params.startle_ratio:
            self._startled |= self._rng.random() < self._params.startle_probability

    def _takes(self) -> bool:
        self._heard += 1
        noticed = self._rng.random() >= self._params.ignore_probability
        own = self._heard % self._params.beat_every == 0
        return noticed and own and self._heard > self._params.engage_beats

    def _correct(self, raw_s: float) -> float:
        params = self._params
        asynchrony_s = raw_s - params.mean_asynchrony_s
        bound_s = params.correction_max_ratio * self.period_s
        period_s = self.period_s - params.period_gain * asynchrony_s
        shortest_s, longest_s = 60.0 / params.cadence_max_spm, 60.0 / params.cadence_min_spm
        self.period_s = min(max(period_s, shortest_s), longest_s)
        self._learn_asymmetry(asynchrony_s)
        return min(max(-params.phase_gain * asynchrony_s, -bound_s), bound_s)

    def _learn_asymmetry(self, asynchrony_s: float) -> None:
        """Left and right being off by different amounts is an error of the own asymmetry."""
        error_s = self._side_sign * (asynchrony_s - self._last_asynchrony_s)
        self._last_asynchrony_s = asynchrony_s
        self.asymmetry_ratio -= self._params.asymmetry_learning * error_s / self.period_s
