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
from rascue.simulate.walker import StepCharacter, TrueStep, Walker

SETTLE_S = 0.12
"""Time constant with which size, turning and trembling follow. Default, not evidence."""

STUMBLE_VIGOR = 1.8
"""Size of a stumbling step's movement against a normal one. Default, not evidence."""

TURN_DEG = 180.0
"""Angle of one turn, degrees."""

GONE = 1e-3
"""Trembling and turning (deg/s) smaller than this are over; sensors cannot see them."""

RATE_MIN_SPM, RATE_MAX_SPM = 30.0, 200.0
"""Bounds of the step rate that scales the movement, steps/min."""


@dataclass(frozen=True, slots=True, eq=False)
class GaitState:
    """State of the movement at each sample; every array is (n,).

    ``vigor`` and ``tremble`` are sizes (0: none), ``yaw_dps`` is the rate of turning to the left;
    the last two are None while there is none.
    """

    step_phase: NDArray[np.float64]
    cadence_spm: NDArray[np.float64]
    vigor: NDArray[np.float64]
    tremble: NDArray[np.float64] | None
    yaw_dps: NDArray[np.float64] | None


class GaitPhase:
    """Follows one walker; ``at`` must be asked in the order of time."""

    def __init__(self, walker: Walker, start_ns: EngineNs) -> None:
        self._walker = walker
        self._at_ns = int(start_ns)
        self._n_steps = 0
        self._phase = 0.0
        self._cadence_spm = walker.params.preferred_spm
        self._vigor = self._tremble = self._yaw_dps = 0.0

    def at(self, t_ns: NDArray[np.int64]) -> GaitState:
        """Return the state at sample times, the walker having advanced to the last of them."""
        planned = self._walker.planned
        phase = self._step_phase(t_ns, planned)
        last_phase, last_ns = float(phase[-1]), int(t_ns[-1])
        fade = np.exp((t_ns - self._at_ns) * (-1.0 / (SETTLE_S * NS_PER_S)))
        vigor_goal, tremble_goal, yaw_goal_dps = self._goals(planned)
        vigor, self._vigor = _settling(self._vigor, vigor_goal, fade)
        tremble, self._tremble = _settling_or_none(self._tremble, tremble_goal, fade)
        yaw_dps, self._yaw_dps = _settling_or_none(self._yaw_dps, yaw_goal_dps, fade)
        elapsed_s = (last_ns - self._at_ns) / NS_PER_S
        goal_spm = self._rate_goal_spm(last_phase - self._phase, elapsed_s)
        cadence, self._cadence_spm = _settling(self._cadence_spm, goal_spm, fade)
        self._at_ns, self._phase = last_ns, last_phase
        return GaitState(phase, cadence, vigor, tremble, yaw_dps)

    def _step_phase(self, t_ns: NDArray[np.int64], planned: TrueStep | None) -> NDArray[np.float64]:
        steps = self._walker.steps_from(self._n_steps)
        self._n_steps += len(steps)
        knots_ns, phases = [self._at_ns], [self._phase]
        for step in (*steps, planned) if planned else steps:
            knots_ns.append(step.ic_ns)
            phases.append(_next_contact(phases[-1], step.side))
        if planned is None:
            knots_ns.append(knots_ns[-1] + round(NS_PER_S * 60.0 / self._cadence_spm))
            phases.append(phases[-1] + 1.0)
        return np.interp(t_ns, knots_ns, phases)

    def _goals(self, planned: TrueStep | None) -> tuple[float, float, float]:
        """Return size, trembling and turning that the movement settles to now."""
        if planned is None:
            return 0.0, float(self._walker.frozen), 0.0
        stumbles = planned.kind is StepCharacter.STUMBLE
        turns = planned.kind is StepCharacter.TURN
        yaw_dps = TURN_DEG / self._walker.params.turn_s if turns else 0.0
        return planned.vigor * (STUMBLE_VIGOR if stumbles else 1.0), 0.0, yaw_dps

    def _rate_goal_spm(self, steps: float, elapsed_s: float) -> float:
        """Return the speed of the phase, steps/min, which the step rate follows smoothly."""
        goal_spm = 60.0 * steps / elapsed_s if elapsed_s > 0.0 else self._cadence_spm
        return min(max(goal_spm, RATE_MIN_SPM), RATE_MAX_SPM)


def _settling(
    value: float, goal: float, fade: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return a value on its way to a goal, and where it is at the last sample."""
    values = goal + (value - goal) * fade
    return values, float(values[-1])


def _settling_or_none(
    value: float, goal: float, fade: NDArray[np.float64]
) -> tuple[NDArray[np.float64] | None, float]:
    """As ``_settling``; None for what is not there and not wanted."""
    if goal == 0.0 and abs(value) < GONE:
        return None, 0.0
    return _settling(value, goal, fade)


def _next_contact(phase: float, side: Side) -> float:
    """Return the next whole phase that is a contact of this side."""
    whole = math.floor(phase + 1e-9) + 1
    is_left = whole % 2 == 0
    return float(whole if is_left == (side is Side.LEFT) else whole + 1)
