"""A long run of random commands through guard and planner: no bound is ever left.

The bounds are checked here in their own words and over time, on beats as well as on decisions.
``GUARD_COMMANDS`` sets how many commands are tried (``make mutants`` tries a million).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from rascue.core.clock import seconds_between
from rascue.core.limits import HARD_LIMITS, CueLimits
from rascue.core.types import Beat, CueDecision, DacFrame, EngineNs, Reason
from rascue.cue import guard
from rascue.cue.base import WantedCue
from rascue.cue.guard import GuardState
from rascue.cue.planner import BeatPlanner, BeatStyle

COMMANDS = int(os.environ.get("GUARD_COMMANDS", "100000"))
EPISODE = 400
TINY = 1e-9
NS = 1e-8
"""Instants of beats are whole nanoseconds."""

ODD = (math.nan, math.inf, -math.inf, 0.0, -1.0, 1e308, -1e308, 5e-324)


def some_limits(rng: np.random.Generator) -> CueLimits:
    """Return limits at or within the hard ones."""
    if rng.random() < 0.3:
        return HARD_LIMITS
    return replace(
        HARD_LIMITS,
        cadence_min_spm=rng.uniform(30, 80),
        cadence_max_spm=rng.uniform(85, 180),
        rate_max_spm_per_s=rng.uniform(0.1, 2),
        change_max_ratio_per_beat=rng.uniform(0.002, 0.03),
        phase_step_max_ratio=rng.uniform(0.005, 0.05),
        distance_max_ratio=rng.uniform(0.02, 0.25),
        interval_min_s=rng.uniform(0.25, 0.6),
        level_max_dbfs=rng.uniform(-40, -6),
        level_rise_max_db_per_s=rng.uniform(1, 12),
    )


@dataclass
class World:
    """Engine, person and clock, reduced to what the guard is told of them."""

    rng: np.random.Generator
    limits: CueLimits
    state: GuardState = field(default_factory=lambda: GuardState(EngineNs(0)))
    planner: BeatPlanner = field(default_factory=BeatPlanner)

    def number(self, low: float, high: float) -> float:
        odd = self.rng.random() < 0.05
        return float(self.rng.choice(ODD)) if odd else float(self.rng.uniform(low, high))

    def maybe(self, low: float, high: float) -> float | None:
        return None if self.rng.random() < 0.2 else self.number(low, high)

    def wish(self) -> WantedCue:
        rng, now = self.rng, self.state.now_ns
        align = None if rng.random() < 0.5 else EngineNs(now + int(rng.normal(0, 2e9)))
        wanted: float | None = self.number(-50, 300)
        if rng.random() < 0.5 and self.state.cue_spm is not None:
            wanted = self.state.cue_spm + float(rng.normal(0, 3))
        if rng.random() < 0.02:
            wanted = None
        return WantedCue(wanted, align, (Reason("random", "Chance."),))

    def pass_time(self) -> None:
        """Let time go on and the person change now and then."""
        rng = self.rng
        step_s = rng.choice((0.0, 0.05, 0.05, 0.05, 0.05, 0.2, rng.exponential(0.5)))
        changes: dict[str, object] = {"now_ns": EngineNs(self.state.now_ns + round(step_s * 1e9))}
        if rng.random() < 0.05:
            changes |= {"own_spm": self.maybe(20, 200), "walking": bool(rng.random() < 0.7)}
        if rng.random() < 0.02:
            changes |= {"baseline_spm": self.maybe(40, 160), "holding": bool(rng.random() < 0.3)}
        if rng.random() < 0.01:
            changes |= {"without_steps_s": self.number(0, 20), "held_s": self.number(0, 20)}
            changes |= {"cued_s": self.number(0, 2000), "session_s": self.number(0, 6000)}
        elif rng.random() < 0.2:
            changes |= {"without_steps_s": 0.0, "held_s": 0.0, "cued_s": 0.0, "session_s": 0.0}
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def command(self) -> tuple[CueDecision, list[Beat]]:
        """Send one random command and carry out what is allowed."""
        self.pass_time()
        wish, level = self.wish(), self.number(-80, 10)
        decision = guard.allow(wish, level, self.state, self.limits, "random", 0)
        beats = self.planner.plan(
            self.state.now_ns,
            decision,
            0,
            style=BeatStyle(),
            to_frame=lambda due: DacFrame(due // 20833),
            align_to_ns=wish.align_to_ns,
        )
        return decision, beats

    def accept(self, decision: CueDecision) -> None:
        sounding = decision.allowed_spm is not None
        self.state = replace(
            self.state,
            cue_spm=decision.allowed_spm,
            cue_level_dbfs=decision.level_dbfs if sounding else None,
            decided_ns=decision.at_ns,
            last_beat_dbfs=self.planner.last_beat.level_dbfs if self.planner.last_beat else None,
            last_due_ns=self.planner.last_due_ns,
            last_period_s=self.planner.last_period_s,
        )


def escapes(decision: CueDecision, state: GuardState, limits: CueLimits) -> Iterator[str]:
    """Name each bound that a decision leaves."""
    spm = decision.allowed_spm
    if spm is None:
        return
    if not limits.cadence_min_spm <= spm <= limits.cadence_max_spm:
        yield "range"
    if 60 / spm < limits.interval_min_s - TINY:
        yield "interval"
    if not guard.LEVEL_FLOOR_DBFS <= decision.level_dbfs <= limits.level_max_dbfs:
        yield "level"
    if not (state.cued_s < limits.cued_part_max_s and state.session_s < limits.session_max_s):
        yield "length"
    if not state.without_steps_s < limits.without_steps_max_s + limits.fade_s:
        yield "without steps"
    if not state.held_s < limits.hold_max_s + limits.fade_s:
        yield "held"
    if state.cue_spm is None:
        if state.holding:
            yield "began while holding"
    else:
        yield from changes(decision, spm, state, limits)
    yield from distance(spm, state, limits)


def changes(
    decision: CueDecision, spm: float, state: GuardState, limits: CueLimits
) -> Iterator[str]:
    """Name each bound on change that a decision leaves in a running cue."""
    assert state.cue_spm is not None
    assert state.cue_level_dbfs is not None
    elapsed_s = 0.0
    if state.decided_ns is not None:
        elapsed_s = seconds_between(state.decided_ns, state.now_ns)
    if abs(spm - state.cue_spm) > limits.rate_max_spm_per_s * elapsed_s + TINY:
        yield "slew"
    rise_db = decision.level_dbfs - state.cue_level_dbfs
    if rise_db > limits.level_rise_max_db_per_s * elapsed_s + TINY:
        yield "level rise"
    if state.last_period_s is not None:
        change = abs(60 / spm / state.last_period_s - 1)
        if change > limits.change_max_ratio_per_beat + TINY and not state.holding:
            yield "beat change"
    if (state.holding or not state.walking) and spm != state.cue_spm:
        yield "moved while holding or standing"
    share = limits.phase_step_max_ratio if state.walking else 0.5
    if abs(decision.phase_shift_s) > share * 60 / spm + TINY:
        yield "phase step"
    if state.holding and (decision.phase_shift_s or rise_db > 0):
        yield "moved while holding"
    if state.last_due_ns is not None and state.walking:
        yield from shifted_out(60 / spm + decision.phase_shift_s, spm, state, limits)


def shifted_out(
    interval_s: float, spm: float, state: GuardState, limits: CueLimits
) -> Iterator[str]:
    """Name a shift after which the interval itself leaves range or distance."""
    shifted = 60 / interval_s
    if not limits.cadence_min_spm - 1e-6 <= shifted <= limits.cadence_max_spm + 1e-6:
        yield "shifted out of range"
    far = too_far(shifted, state, limits)
    if far > too_far(spm, state, limits) + 1e-6:
        yield "shifted away from the person"


def distance(spm: float, state: GuardState, limits: CueLimits) -> Iterator[str]:
    """Name a tempo too far from the person that does not come nearer either."""
    before = 0.0 if state.cue_spm is None else too_far(state.cue_spm, state, limits)
    if too_far(spm, state, limits) > before + TINY:
        yield "distance"


def too_far(tempo: float, state: GuardState, limits: CueLimits) -> float:
    """Return by how much a tempo is too far from the person, as far as the range allows, spm."""
    known = [x for x in (state.baseline_spm, state.own_spm) if x and math.isfinite(x) and x > 0]
    if not known:
        return 0.0
    highest = min(limits.cadence_max_spm, 60 / limits.interval_min_s)
    low, high = (
        min(max(known[0] * side, limits.cadence_min_spm), highest)
        for side in (1 - limits.distance_max_ratio, 1 + limits.distance_max_ratio)
    )
    return max(low - tempo, tempo - high, 0.0)


def beat_escapes(last: Beat | None, beats: list[Beat], world: World) -> Iterator[str]:
    """Name what is wrong with beats just placed; ``last`` is the one before them."""
    for beat in beats:
        lead_s = seconds_between(world.state.now_ns, beat.due_ns)
        if not 0.1 - NS <= lead_s <= 0.3 + NS:
            yield "placed outside the horizon"
        if last is not None:
            if beat.due_ns <= last.due_ns or beat.index != last.index + 1:
                yield "order"
            interval_s = seconds_between(last.due_ns, beat.due_ns)
            if interval_s < world.limits.interval_min_s - NS:
                yield "interval between beats"
            rise_db = beat.level_dbfs - last.level_dbfs
            same_pulse = world.state.last_beat_dbfs is not None
            if same_pulse and rise_db > world.limits.level_rise_max_db_per_s * interval_s + 1e-6:
                yield "level rise between beats"
        last = beat


@pytest.mark.parametrize("seed", [1, 2])
def test_no_random_command_escapes(seed):
    rng = np.random.default_rng(seed)
    sounding = 0
    for _ in range(COMMANDS // 2 // EPISODE):
        world = World(rng, some_limits(rng))
        last_beat: Beat | None = None
        for _ in range(EPISODE):
            decision, beats = world.command()
            found = [
                *escapes(decision, world.state, world.limits),
                *beat_escapes(last_beat, beats, world),
            ]
            last_beat = beats[-1] if beats else last_beat
            assert not found, (found, decision, world.state, world.limits)
            world.accept(decision)
            sounding += decision.allowed_spm is not None
    assert sounding > COMMANDS // 8, "most commands were silent: the run shows nothing"
