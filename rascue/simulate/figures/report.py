"""Figures of a simulated session: the engine's records against what was true.

Consistency and asynchrony come from true steps and heard beats, so they do not depend on what the
engine believes. Steps in turns are left out of them (FIELD D11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CueDecision,
    PlayedBeat,
    Side,
    StepEvent,
)
from rascue.simulate.figures.envelope import EnvelopeUse, Person, envelope_use
from rascue.simulate.figures.step_matching import match_contacts, nearest_ns
from rascue.simulate.figures.synchrony_truth import CuedSteps, cued_steps, locked_windows
from rascue.simulate.figures.tempi import LAST_S, Tempi, tempi_of
from rascue.simulate.walker import StepCharacter, TrueStep
from rascue.simulate.world import Outcome

FOLLOWING_R = 0.75
"""Also the gate for raising the tempo in FIELD C6."""

NOT_FOLLOWING_R = 0.4
"""Below this a walker who cannot hear stands (issue 2). Default, not evidence."""

TEMPO_MATCH_PCT = 2.0
"""Tempo of steps and beats agree within this (FIELD C6)."""

GUARD_CODES = frozenset({"slew", "distance", "beat_change", "range", "phase_step", "level"})
"""Reasons that the guard gives when it changed a wish."""

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures that ``rascue simulate --json`` prints; None where there is nothing to measure.

    Parameters
    ----------
    start_spm, target_spm, end_spm
        True cadence of straight walking in the minute before the first beat, last tempo aimed at,
        and true cadence in the last minute of cueing.
    cadence_gain_pct
        End against start, percent.
    consistency_r, mean_asynchrony_ms, sd_asynchrony_ms
        Of the last minute with beats; asynchrony is negative when steps come first.
    steps_to_lock, locked_pct, unlocks
        Steps from the first beat until a locked window begins, share of locked windows, and how
        often a lock was lost.
    max_slew_pct_per_beat, max_phase_step_pct, guard_clamps, envelope_violations
        How far the beats went, how many decisions the guard changed, and beats outside a limit.
    cued_pct
        Share of the steps from the first beat to the last block's end that had a beat.
    false_steps, missed_steps
        Detections without a step and steps without a detection.
    stumbles_provoked
        Stumbles that a sudden change of the beat caused.
    verdict
        One word group for people: "following", "in step, not led", "partly following",
        "not following", "no beats".
    """

    walker: str
    policy: str
    seed: int
    start_spm: float | None
    target_spm: float | None
    end_spm: float | None
    cadence_gain_pct: float | None
    consistency_r: float | None
    mean_asynchrony_ms: float | None
    sd_asynchrony_ms: float | None
    steps_to_lock: int | None
    locked_pct: float | None
    unlocks: int
    max_slew_pct_per_beat: float
    max_phase_step_pct: float
    guard_clamps: int
    envelope_violations: int
    cued_pct: float
    false_steps: int
    missed_steps: int
    stumbles_provoked: int
    verdict: str

    def to_dict(self) -> dict[str, str | int | float | None]:
        """Return the figures by name, floats rounded to four decimals."""
        return {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }


def report_of(outcome: Outcome) -> Report:
    """Return the figures of a session."""
    true_ns = np.array([step.ic_ns for step in outcome.steps], np.int64)
    heard_ns = np.array(outcome.heard_ns, np.int64)
    tempi = tempi_of(outcome.steps, heard_ns, outcome.scenario.program.steps)
    straight = [step.ic_ns for step in outcome.steps if step.kind is not StepCharacter.TURN]
    cued = cued_steps(np.array(straight, np.int64), heard_ns)
    late = _last_minute(cued, heard_ns)
    locked = locked_windows(cued.phase_rad)
    used = _envelope(outcome, tempi.start_spm)
    false_steps, missed_steps = _detection(outcome)
    return Report(
        walker=outcome.scenario.walker.name,
        policy=outcome.policy,
        seed=outcome.seed,
        start_spm=tempi.start_spm,
        target_spm=tempi.target_spm,
        end_spm=tempi.end_spm,
        cadence_gain_pct=tempi.gain_pct,
        consistency_r=late.consistency_r,
        mean_asynchrony_ms=_ms(late.asynchrony_s.mean()) if len(late.ic_ns) else None,
        sd_asynchrony_ms=_ms(late.asynchrony_s.std()) if len(late.ic_ns) else None,
        steps_to_lock=int(np.argmax(locked)) if locked.any() else None,
        locked_pct=100.0 * float(locked.mean()) if len(locked) else None,
        unlocks=int(np.sum(locked[:-1] & ~locked[1:])),
        max_slew_pct_per_beat=used.max_slew_pct_per_beat,
        max_phase_step_pct=used.max_phase_step_pct,
        guard_clamps=_guard_clamps(outcome),
        envelope_violations=len(used.violations),
        cued_pct=_cued_pct(true_ns, heard_ns),
        false_steps=false_steps,
        missed_steps=missed_steps,
        stumbles_provoked=sum(step.provoked for step in outcome.steps),
        verdict=verdict(late, tempi, heard_ns),
    )


def verdict(late: CuedSteps, tempi: Tempi, heard_ns: NDArray[np.int64]) -> str:
    """Say in plain words whether the person followed at the end of the cueing.

    Steps and beats also keep together when the cue yields; it is then "in step, not led".
    """
    consistency = late.consistency_r
    if consistency is None or tempi.end_spm is None:
        return "no beats"
    matched = abs(tempi.end_spm / _beat_spm(heard_ns) - 1.0) * 100.0 <= TEMPO_MATCH_PCT
    if consistency >= FOLLOWING_R and matched:
        return "following" if tempi.led else "in step, not led"
    if consistency < NOT_FOLLOWING_R:
        return "not following"
    return "partly following"


def of_kind(outcome: Outcome, kind: type[Kind]) -> list[Kind]:
    """Return the records of one type, in order."""
    return [record for record in outcome.records if isinstance(record, kind)]


def played_beats(outcome: Outcome) -> list[Beat]:
    """Return the beats that sounded, in order."""
    played = {
        beat.index for beat in of_kind(outcome, PlayedBeat) if beat.outcome is BeatOutcome.PLAYED
    }
    return [beat for beat in of_kind(outcome, Beat) if beat.index in played]


def _ms(seconds: np.floating) -> float:
    return 1000.0 * float(seconds)


def _beat_spm(heard_ns: NDArray[np.int64]) -> float:
    late = heard_ns[heard_ns > heard_ns[-1] - LAST_S * NS_PER_S]
    return float(60.0 * NS_PER_S / np.median(np.diff(late)))


def _last_minute(cued: CuedSteps, heard_ns: NDArray[np.int64]) -> CuedSteps:
    if not len(heard_ns):
        return cued
    last_ns = int(heard_ns[-1])
    return cued.within(last_ns - round(LAST_S * NS_PER_S), last_ns + 1)


def _envelope(outcome: Outcome, own_spm: float | None) -> EnvelopeUse:
    limits = outcome.config.limits.to_limits()
    person = Person(own_spm, sorted(step.ic_ns for step in of_kind(outcome, StepEvent)))
    return envelope_use(played_beats(outcome), of_kind(outcome, CueDecision), limits, person)


def _guard_clamps(outcome: Outcome) -> int:
    decisions = of_kind(outcome, CueDecision)
    return sum(any(r.code in GUARD_CODES for r in decision.reasons) for decision in decisions)


def _cued_pct(true_ns: NDArray[np.int64], heard_ns: NDArray[np.int64]) -> float:
    """Return the share of steps from the first beat on that have a beat within half a step."""
    if not len(heard_ns) or not np.any(true_ns >= heard_ns[0]):
        return 0.0
    steps = true_ns[true_ns >= heard_ns[0]]
    half_ns = np.median(np.diff(true_ns)) / 2.0
    near = np.abs(heard_ns[nearest_ns(heard_ns, steps)] - steps) <= half_ns
    return 100.0 * float(near.mean())


def _detection(outcome: Outcome) -> tuple[int, int]:
    """Return false and missed steps, summed over the sensors."""
    false_steps = missed_steps = 0
    for placement in outcome.scenario.placements:
        seen = [s.ic_ns for s in of_kind(outcome, StepEvent) if s.source_id == placement.value]
        _, false, missed = match_contacts(_own_contacts(outcome.steps, placement.value), seen)
        false_steps += false
        missed_steps += missed
    return false_steps, missed_steps


def _own_contacts(steps: Sequence[TrueStep], placement: str) -> list[int]:
    """Return the contacts that a sensor at this place can see."""
    sides = {Side.LEFT: "left_", Side.RIGHT: "right_"}
    one_sided = placement.startswith(tuple(sides.values()))
    return [s.ic_ns for s in steps if not one_sided or placement.startswith(sides[s.side])]
