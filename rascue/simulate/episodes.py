"""What happens to a walker besides walking: starts, stops, turns, freezing, festination.

Freezing and festination are drawn at random rates; five times more often in turns and at starts.
Sources: that freezing gathers in turns and at gait initiation is the common clinical description;
the factor and all rates are defaults, not evidence. Cues end freezes (FIELD 1.6, 2.7).
"""

from __future__ import annotations

import math

import numpy as np

from rascue.simulate.walker_params import WalkerParams

PROVOKING_FACTOR = 5.0
"""How much more often a person freezes in turns and in the first steps. Default, not evidence."""

START_STEPS = 3
"""Steps that count as the start of walking. Default, not evidence."""

FESTINATION_END_RATIO = 0.7
"""Festination ends in a freeze when the interval has shrunk to this. Default, not evidence."""


class Episodes:
    """Says, step by step, whether the person stands, turns, freezes or hurries.

    All times are seconds on the walker's own axis; random numbers come from ``rng`` alone, so the
    same seed and the same beats give the same day.
    """

    def __init__(self, params: WalkerParams, rng: np.random.Generator) -> None:
        self._params = params
        self._rng = rng
        self.resume_s = params.start_delay_s
        self.frozen_since_s: float | None = None
        self.hurry_ratio = 1.0
        self._hurrying = False
        self._steps_since_start = 0
        self._next_stop_s = self._later(self.resume_s, params.stop_every_s)
        self._next_turn_s = self._later(self.resume_s, params.turn_every_s)
        self._turn_end_s = -math.inf

    def turning(self, at_s: float) -> bool:
        """Say whether a step at this time belongs to a turn; a due turn begins with it."""
        if at_s >= self._next_turn_s:
            self._turn_end_s = at_s + self._params.turn_s
            self._next_turn_s = self._later(self._turn_end_s, self._params.turn_every_s)
        return at_s < self._turn_end_s

    def halts(self, at_s: float) -> bool:
        """Decide at a contact whether no step follows for now; ``resume_s`` then says until when.

        A freeze sets ``frozen_since_s``; an intended stop does not.
        """
        self._steps_since_start += 1
        if at_s >= self._next_stop_s:
            self._halt(at_s, self._params.stop_s)
            self._next_stop_s = self._later(self.resume_s, self._params.stop_every_s)
            return True
        if self._freezes(at_s) or self.hurry_ratio < FESTINATION_END_RATIO:
            self.frozen_since_s = at_s
            self._halt(at_s, float(self._rng.gamma(2.0, self._params.freeze_s / 2.0)))
            return True
        self._hurry()
        return False

    def hear(self, at_s: float) -> None:
        """Let a beat end a hurry or a freeze, with the chance that the person's table gives."""
        params = self._params
        if self._hurrying and self._rng.random() < params.festination_release_per_beat:
            self._calm()
        frozen = self.frozen_since_s is not None and at_s < self.resume_s
        if frozen and self._rng.random() < params.freeze_release_per_beat:
            self.resume_s = at_s

    def walk_on(self) -> None:
        """Note that the person walks again."""
        self.frozen_since_s = None
        self._steps_since_start = 0

    def _halt(self, at_s: float, length_s: float) -> None:
        self.resume_s = at_s + max(0.5, length_s)
        self._calm()

    def _calm(self) -> None:
        self._hurrying = False
        self.hurry_ratio = 1.0

    def _freezes(self, at_s: float) -> bool:
        provoked = at_s < self._turn_end_s or self._steps_since_start <= START_STEPS
        factor = PROVOKING_FACTOR if provoked else 1.0
        return self._happens(self._params.freeze_per_min * factor)

    def _hurry(self) -> None:
        self._hurrying = self._hurrying or self._happens(self._params.festination_per_min)
        if self._hurrying:
            self.hurry_ratio *= 1.0 - self._params.festination_ratio_per_step

    def _happens(self, rate_per_min: float) -> bool:
        """Draw once per step whether something of this rate happens now."""
        return bool(self._rng.random() < rate_per_min / self._params.preferred_spm)

    def _later(self, from_s: float, every_s: float) -> float:
        if every_s == 0.0:
            return math.inf
        return from_s + every_s * float(self._rng.uniform(0.8, 1.2))
