"""Runs a baseline cue in the same world as the engine: same person, same sensor, same detector."""

from __future__ import annotations

from collections.abc import Sequence

from rascue.core.clock import NS_PER_S, after, seconds_between
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CueDecision,
    DacFrame,
    EngineNs,
    PlayedBeat,
    Reason,
    StepEvent,
    StepKind,
    TargetKind,
)
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import Scenario
from rascue.simulate.scoreboard.baselines import BASELINES, BaselineCue
from rascue.simulate.world import BLOCK_S, START_NS, Outcome, default_config
from rascue.steps.base import StepDetector
from rascue.steps.choose import detector_for

LEVEL_DBFS = -18.0
"""As loud as our beats; the default of a programme block."""

USUAL_STEPS = 20
"""Steps whose mean tempo counts as the baseline, as in the report."""


def simulate_baseline(scenario: Scenario, name: str, seed: int) -> Outcome:
    """Let a person walk the blocks of a scenario's programme to a baseline's beats.

    Parameters
    ----------
    name
        One of ``BASELINES``. Its cue sounds from the end of the first baseline block on; fades and
        probes of the programme are not its own.
    """
    outcome = Outcome(scenario, seed, default_config(scenario), START_NS, policy=name)
    person = SimulatedPerson(scenario, seed, START_NS)
    bench = _Bench(outcome, person, detector_for(person.infos[0]))
    for count in range(1, round(scenario.duration_s / BLOCK_S) + 1):
        bench.advance(after(START_NS, count * BLOCK_S))
    return outcome


class _Bench:
    """Detects steps, asks the cue, sounds beats."""

    def __init__(self, outcome: Outcome, person: SimulatedPerson, detector: StepDetector) -> None:
        self._outcome = outcome
        self._person = person
        self._detector = detector
        self._steps: list[StepEvent] = []
        self._cue: BaselineCue | None = None
        self._last_due_ns = START_NS
        self._n_beats = 0
        steps = outcome.scenario.program.steps
        uncued_s = sum(step.duration_s for step in steps if step.kind is StepKind.BASELINE)
        cued_s = sum(step.duration_s for step in steps if step.kind is StepKind.CUED)
        self._cue_from_ns = after(START_NS, uncued_s)
        self._cue_until_ns = after(self._cue_from_ns, cued_s)

    def advance(self, to_ns: EngineNs) -> None:
        """Let one block of time pass."""
        self._outcome.steps += self._person.advance(to_ns)
        block = self._person.block(0, to_ns)
        for event in self._detector.process(block) if block else ():
            if isinstance(event, StepEvent):
                self._take(event)
        if self._cue_from_ns <= to_ns < self._cue_until_ns:
            self._sound(to_ns)

    def _take(self, step: StepEvent) -> None:
        self._steps.append(step)
        self._outcome.records.append(step)
        if self._cue is not None:
            self._cue.step(step)

    def _sound(self, to_ns: EngineNs) -> None:
        if self._cue is None:
            if len(self._steps) <= USUAL_STEPS:
                return
            usual_spm = _cadence_spm(self._steps[-USUAL_STEPS - 1 :])
            target_spm = self._target_spm(usual_spm)
            self._cue = BASELINES[self._outcome.policy](usual_spm, target_spm)
            self._last_due_ns = to_ns
        tempo_spm = self._cue.tempo_spm(BLOCK_S)
        due_ns = after(self._last_due_ns, 60.0 / tempo_spm)
        if due_ns <= to_ns:
            self._beat(due_ns, tempo_spm)

    def _target_spm(self, usual_spm: float) -> float:
        cued = [step for step in self._outcome.scenario.program.steps if step.target]
        target = cued[-1].target
        if target is None or target.kind is TargetKind.ABSOLUTE:
            return target.value if target else usual_spm
        return usual_spm * target.value / 100.0

    def _beat(self, due_ns: EngineNs, tempo_spm: float) -> None:
        """Sound one beat; it comes as much later as any sound does, and nobody corrects for it."""
        index, self._n_beats = self._n_beats, self._n_beats + 1
        interval_s = seconds_between(self._last_due_ns, due_ns)
        self._last_due_ns = due_ns
        sound_ns = after(due_ns, self._outcome.scenario.audio.latency_s)
        reason = Reason("baseline", self._outcome.policy)
        self._outcome.records += [
            CueDecision(
                due_ns, self._outcome.policy, 1, tempo_spm, tempo_spm, 0.0, LEVEL_DBFS, (reason,)
            ),
            Beat(
                index, due_ns, DacFrame(0), interval_s, "click", accent=False,
                level_dbfs=LEVEL_DBFS, decision_index=index,
            ),
            PlayedBeat(index, DacFrame(0), sound_ns, 0.0, BeatOutcome.PLAYED),
        ]  # fmt: skip
        self._outcome.heard_ns.append(sound_ns)
        self._person.hear(sound_ns)


def _cadence_spm(steps: Sequence[StepEvent]) -> float:
    return 60.0 * NS_PER_S * (len(steps) - 1) / (steps[-1].ic_ns - steps[0].ic_ns)
