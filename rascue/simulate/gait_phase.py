"""Where in the step a walker is at each sample: contacts and plan -> phase, size, turning.

A phase counts steps, an even integer being a left contact. Between two contacts it runs evenly
from where it is to the planned next contact; when a beat moves the plan, the rest of the step runs
faster or slower and the phase stays continuous. Standing is size 0, so the phase may then run on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs, Side
from rascue.simulate.walker import StepCharacter, Walker

SETTLE_S = 0.12
"""Time constant with which size, turning and trembling follow. Default, not evidence."""

STUMBLE_VIGOR = 1.8
"""Size of a stumbling step's movement against a normal one. Default, not evidence."""

TURN_DEG = 180.0
"""Angle of one turn, degrees."""

RATE_MIN_SPM, RATE_MAX_SPM = 30.0, 200.0
"""Bounds of the step rate that scales the movement, steps/min."""


@dataclass(frozen=True, slots=True, eq=False)
class GaitState:
    """State of the movement at each sample; every array is (n,).

    ``vigor`` and ``tremble`` are sizes (0: none), ``yaw_dps`` is the rate of turning to the left.
    """

    step_phase: NDArray[np.float64]
    cadence_spm: NDArray[np.float64]
    vigor: NDArray[np.float64]
    tremble: NDArray[np.float64]
    yaw_dps: NDArray[np.float64]


class GaitPhase:
    """Follows one walker; ``at`` must be asked in the order of time."""

    def __init__(self, walker: Walker, start_ns: EngineNs) -> None:
        self._walker = walker
        self._at_ns = int(start_ns)
        self._n_steps = 0
        self._phase = 0.0
        self._cadence_spm = walker.params.preferred_spm
        self._sizes = np.zeros(3)

    def at(self, t_ns: NDArray[np.int64]) -> GaitState:
        """Return the state at sample times, the walker having advanced to the last of them."""
        phase = self._step_phase(t_ns)
        elapsed_s = (t_ns - self._at_ns) / NS_PER_S
        fade = np.exp(-elapsed_s / SETTLE_S)[:, None]
        goals = self._goals()
        sizes = goals + (self._sizes - goals) * fade
        cadence = self._rate(float(phase[-1]) - self._phase, elapsed_s)
        self._at_ns, self._phase = int(t_ns[-1]), float(phase[-1])
        self._sizes, self._cadence_spm = sizes[-1], float(cadence[-1])
        return GaitState(phase, cadence, sizes[:, 0], sizes[:, 1], sizes[:, 2])

    def _step_phase(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        steps = self._walker.steps_from(self._n_steps)
        self._n_steps += len(steps)
        planned = self._walker.planned
        knots_ns, phases = [self._at_ns], [self._phase]
        for step in (*steps, planned) if planned else steps:
            knots_ns.append(step.ic_ns)
            phases.append(_next_contact(phases[-1], step.side))
        if planned is None:
            knots_ns.append(knots_ns[-1] + round(NS_PER_S * 60.0 / self._cadence_spm))
            phases.append(phases[-1] + 1.0)
        return np.interp(t_ns, knots_ns, phases)

    def _goals(self) -> NDArray[np.float64]:
        """Return size, trembling and turning that the movement settles to now."""
        planned = self._walker.planned
        if planned is None:
            return np.array([0.0, float(self._walker.frozen), 0.0])
        stumbles = planned.kind is StepCharacter.STUMBLE
        turns = planned.kind is StepCharacter.TURN
        yaw_dps = TURN_DEG / self._walker.params.turn_s if turns else 0.0
        return np.array([planned.vigor * (STUMBLE_VIGOR if stumbles else 1.0), 0.0, yaw_dps])

    def _rate(self, steps: float, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the step rate, steps/min, which follows the speed of the phase smoothly."""
        goal_spm = 60.0 * steps / float(elapsed_s[-1]) if elapsed_s[-1] > 0.0 else self._cadence_spm
        goal_spm = min(max(goal_spm, RATE_MIN_SPM), RATE_MAX_SPM)
        return goal_spm + (self._cadence_spm - goal_spm) * np.exp(-elapsed_s / SETTLE_S)


def _next_contact(phase: float, side: Side) -> float:
    """Return the next whole phase that is a contact of this side."""
    whole = math.floor(phase + 1e-9) + 1
    is_left = whole % 2 == 0
    return float(whole if is_left == (side is Side.LEFT) else whole + 1)
