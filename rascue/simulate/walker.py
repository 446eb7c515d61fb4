"""A person who walks and hears: seed and heard beats -> true initial contacts.

The next contact is always planned one step ahead. A beat may still move it until
``REACTION_S`` before it; what comes later moves the step after it. Everything is decided in the
order of time, so the result depends on the seed and on the beats alone, not on how often
``advance`` is called. No thread and no clock: the caller says how far time has gone.

Sources: model of hearing and correction in ``hearing``; scatter of steps as the sum of a central
timekeeper and motor delays after Wing and Kristofferson (as in FIELD C3); episodes in
``episodes``.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs, Side
from rascue.simulate.episodes import Episodes
from rascue.simulate.hearing import BeatFollower
from rascue.simulate.walker_params import WalkerParams

REACTION_S = 0.1
"""A step nearer than this can no longer be moved, s. Default, not evidence."""

FIRST_STEP_S = 0.5
"""From the wish to walk to the first contact, s. Default, not evidence."""

TURN_SLOWING = 1.08
"""Intervals of steps in a turn against straight walking. Default, not evidence."""

TURN_SCATTER = 1.5
"""Scatter of steps in a turn against straight walking. Default, not evidence."""

STUMBLE_RATIO = 0.6
"""Interval of a stumbling step against the planned one. Default, not evidence."""

RECOVERY_RATIO = 1.25
"""Interval of the step after a stumble. Default, not evidence."""

VIGOR_SCATTER = 0.08
"""Scatter of the size of steps, log units. Default, not evidence."""

INTERVAL_MIN_S = 0.25
"""No step is shorter, s; 0.14 s is the shortest plausible one in Mobilise-D (FIELD 2.7)."""


STEPS_KEPT = 64
"""Contacts remembered for sensors; they look every fraction of a second."""


class StepCharacter(StrEnum):
    """What kind of step a contact ends."""

    STEP = "step"
    FIRST = "first"
    TURN = "turn"
    STUMBLE = "stumble"


@dataclass(frozen=True, slots=True)
class TrueStep:
    """One initial contact as it really happens.

    ``vigor`` is the size of the movement against a normal step; ``provoked`` is True for a
    stumble that a sudden change of the beat caused.
    """

    ic_ns: EngineNs
    side: Side
    kind: StepCharacter
    vigor: float
    provoked: bool = False


@dataclass(slots=True)
class _Plan:
    """The next contact; ``at_s`` may still change, but not to before ``earliest_s``."""

    at_s: float
    earliest_s: float
    kind: StepCharacter
    vigor: float
    provoked: bool = False


class Walker:
    """One simulated person.

    Parameters
    ----------
    params
        What kind of person.
    seed
        The same seed and the same beats give the same steps, bit for bit.
    start_ns
        The instant at which the person stands ready; the first step comes after
        ``params.start_delay_s``.
    """

    def __init__(self, params: WalkerParams, seed: int, start_ns: EngineNs) -> None:
        self.params = params
        self._start_ns = start_ns
        steps, hearing, episodes = np.random.SeedSequence(seed).spawn(3)
        self._rng = np.random.default_rng(steps)
        self._follower = BeatFollower(params, np.random.default_rng(hearing))
        self._episodes = Episodes(params, np.random.default_rng(episodes))
        self._made: deque[TrueStep] = deque(maxlen=STEPS_KEPT)
        self._n_made = 0
        self._beats: list[float] = []
        self._now_s = 0.0
        self._walked_s = 0.0
        self._last_s: float | None = None
        self._left_next = True
        self._deferred_s = 0.0
        self._motor_s = 0.0
        self._wander_ratio = 0.0
        self._recover_ratio = 1.0
        self._plan: _Plan | None = None

    @property
    def planned(self) -> TrueStep | None:
        """The next contact as planned now; None while the person stands or is frozen."""
        return None if self._plan is None else self._true_step(self._plan)

    @property
    def frozen(self) -> bool:
        """Whether the person wants to walk and cannot."""
        return self._episodes.frozen_since_s is not None

    @property
    def hurrying(self) -> bool:
        """Whether the steps become shorter one after another."""
        return self._episodes.hurry_ratio < 1.0

    @property
    def timekeeper_spm(self) -> float:
        """Tempo of the person's own timekeeper, steps/min, without scatter and turns."""
        return 60.0 / self._follower.period_s

    @property
    def asymmetry_ratio(self) -> float:
        """(left - right step time) / their mean, as the person would walk without beats."""
        return self._follower.asymmetry_ratio

    def hear(self, onset_ns: EngineNs) -> None:
        """Take note that a beat sounds at this instant, before or after the time advanced to.

        A beat told late is matched when time next advances; it moves only steps not yet made.
        """
        heapq.heappush(self._beats, (onset_ns - self._start_ns) / NS_PER_S)

    def advance(self, to_ns: EngineNs) -> tuple[TrueStep, ...]:
        """Let time go on; return the contacts made meanwhile, in order."""
        to_s = (to_ns - self._start_ns) / NS_PER_S
        made: list[TrueStep] = []
        while (at_s := self._next_event_s()) <= to_s:
            self._now_s = max(self._now_s, at_s)
            if self._beats and self._beats[0] <= at_s:
                self._take_beat(heapq.heappop(self._beats))
            elif self._plan is None:
                self._begin()
            else:
                made.append(self._make_step(self._plan))
        self._now_s = max(self._now_s, to_s)
        self._made.extend(made)
        self._n_made += len(made)
        return tuple(made)

    def steps_from(self, index: int) -> tuple[TrueStep, ...]:
        """Return the contacts made so far from the one with this index (0 is the first)."""
        if index == self._n_made:
            return ()
        first_kept = self._n_made - len(self._made)
        return tuple(self._made)[max(0, index - first_kept) :]

    def _next_event_s(self) -> float:
        own_s = self._episodes.resume_s if self._plan is None else self._plan.at_s
        return min(self._beats[0], own_s) if self._beats else own_s

    def _take_beat(self, beat_s: float) -> None:
        plan_s = None if self._plan is None else self._plan.at_s
        shift_s = self._follower.hear(beat_s, self._last_s, plan_s)
        self._episodes.hear(self._now_s)
        if self._plan is None or shift_s == 0.0:
            return
        if self._plan.at_s - self._now_s <= REACTION_S:
            self._deferred_s += shift_s
            return
        earliest_s = max(self._now_s + REACTION_S, self._plan.earliest_s)
        self._plan.at_s = max(self._plan.at_s + shift_s, min(earliest_s, self._plan.at_s))

    def _begin(self) -> None:
        self._episodes.walk_on()
        self._last_s = None
        self._recover_ratio = 1.0
        first_s = self._now_s + FIRST_STEP_S
        self._plan = _Plan(first_s, first_s, StepCharacter.FIRST, self.params.vigor)

    def _make_step(self, plan: _Plan) -> TrueStep:
        made = self._true_step(plan)
        side_sign = 1 if made.side is Side.LEFT else -1
        if self._last_s is not None:
            self._walked_s += plan.at_s - self._last_s
        self._last_s = plan.at_s
        self._left_next = not self._left_next
        shift_s = self._follower.stepped(plan.at_s, side_sign) + self._deferred_s
        self._deferred_s = 0.0
        if self._episodes.halts(plan.at_s):
            self._plan = None
        else:
            self._plan = self._next_plan(plan.at_s, shift_s)
        return made

    def _next_plan(self, last_s: float, shift_s: float) -> _Plan:
        turning = self._episodes.turning(last_s)
        hurry = self._episodes.hurry_ratio
        period_s = self._step_period_s(last_s) * hurry * (TURN_SLOWING if turning else 1.0)
        scatter_s = self._scatter_s(period_s, TURN_SCATTER if turning else 1.0)
        fastest_s = hurry * 60.0 / self.params.cadence_max_spm
        vigor = self.params.vigor * hurry * math.exp(VIGOR_SCATTER * float(self._rng.normal()))
        provoked, ratio = self._stumble()
        kind = StepCharacter.TURN if turning else StepCharacter.STEP
        kind = StepCharacter.STUMBLE if ratio < 1.0 else kind
        length_s = (max(period_s + shift_s, fastest_s) + scatter_s) * ratio
        earliest_s = last_s + max((fastest_s + scatter_s) * ratio, INTERVAL_MIN_S)
        return _Plan(max(last_s + length_s, earliest_s), earliest_s, kind, vigor, provoked)

    def _stumble(self) -> tuple[bool, float]:
        """Return whether a stumble was provoked, and the factor on the next interval."""
        provoked = self._follower.take_startle()
        stumbles = bool(self._rng.random() < self.params.stumble_per_step) or provoked
        ratio, self._recover_ratio = self._recover_ratio, 1.0
        if stumbles:
            ratio, self._recover_ratio = STUMBLE_RATIO, RECOVERY_RATIO
        return provoked, ratio

    def _step_period_s(self, at_s: float) -> float:
        """Interval of the timekeeper for the next step, with drift and asymmetry, s."""
        fatigue = 1.0 + self.params.fatigue_ratio_per_min * self._walked_s / 60.0
        rest_s = 60.0 / self.params.preferred_spm * fatigue
        self._follower.relax(at_s, self._follower.period_s, rest_s)
        side_sign = 1 if self._left_next else -1
        asymmetry = 1.0 + 0.5 * side_sign * self._follower.asymmetry_ratio
        return self._follower.period_s * asymmetry * (1.0 + self._wander())

    def _wander(self) -> float:
        keep = math.exp(-1.0 / self.params.wander_steps)
        scale = self.params.wander_sd_ratio * math.sqrt(1.0 - keep * keep)
        self._wander_ratio = keep * self._wander_ratio + scale * float(self._rng.normal())
        return self._wander_ratio

    def _scatter_s(self, period_s: float, factor: float) -> float:
        """Timekeeper noise plus the difference of two motor delays, s."""
        fatigue = 1.0 + self.params.fatigue_ratio_per_min * self._walked_s / 60.0
        factor *= self._follower.strain() * fatigue
        central_s = self.params.timekeeper_sd_ratio * period_s * factor * self._rng.normal()
        motor_s = self.params.motor_sd_s * factor * float(self._rng.normal())
        before_s, self._motor_s = self._motor_s, motor_s
        return float(central_s) + motor_s - before_s

    def _true_step(self, plan: _Plan) -> TrueStep:
        at_ns = EngineNs(self._start_ns + round(plan.at_s * NS_PER_S))
        side = Side.LEFT if self._left_next else Side.RIGHT
        return TrueStep(at_ns, side, plan.kind, plan.vigor, plan.provoked)
