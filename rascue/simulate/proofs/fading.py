"""What stays without the beat is told rightly: the report against the walker's own carry-over."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rascue.core.types import Note, StepKind, StrideRecord
from rascue.export.block_spans import block_spans
from rascue.export.carry_over import carry_over
from rascue.simulate.figures.report import of_kind
from rascue.simulate.figures.tempi import cadence_spm
from rascue.simulate.proofs.claim import Claim, at_most
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, probe, scenario_of
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

WALKER = "medium_synchronizer"
CARRY_OVERS = (0.0, 0.3, 0.6, 1.0)
LEAD_PCT = 110.0
OWN_S = 300.0
RUNGS = (("match", 180.0), ("hold", 90.0), ("hold", 90.0))
PROBE_S = 240.0
"""Long against the 20 s in which this person's tempo goes back."""

WITHIN = 0.10
WITHIN_PCT = 10.0
"""Bars of issue 4."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far the report is from the truth."""

    index_error: float
    probe_error_pct: float


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Lead by 10 %, then probe without the beat after every rung."""
    rungs = [part for name, s in RUNGS for part in (cue(name, LEAD_PCT, s), probe(PROBE_S))]
    trials = [
        Trial(
            scenario_of(
                replace(load_walker(WALKER), carry_over_ratio=share), (own_tempo(OWN_S), *rungs)
            ),
            seed,
        )
        for share in CARRY_OVERS
        for seed in range(n_seeds)
    ]
    runs = bench.run(told, trials)
    return [
        at_most(
            "fading: dependency index against the true one, error of it",
            WITHIN,
            [run.index_error for run in runs],
        ),
        at_most(
            "fading: cadence in the probes against the true one, error in %",
            WITHIN_PCT,
            [run.probe_error_pct for run in runs],
        ),
    ]


def told(outcome: Outcome) -> Told:
    """Compare what the report says with the walker's parameters and true steps."""
    spans = block_spans(outcome.scenario.program, of_kind(outcome, Note), outcome.steps[-1].ic_ns)
    kept = carry_over(spans, of_kind(outcome, StrideRecord))
    if kept is None or isinstance(kept.dependency_index, str):
        return Told(1.0, 100.0)
    probes = [span for span in spans if span.step.kind is StepKind.PROBE]
    true_spm = [
        cadence_spm(outcome.steps, (span.begin_ns + span.end_ns) // 2, span.end_ns)
        for span in probes
    ]
    errors = [
        100.0 * abs(said / true - 1.0)
        for said, true in zip(kept.probe_cadences_spm, true_spm, strict=True)
        if true is not None
    ]
    true_index = 1.0 - outcome.scenario.walker.carry_over_ratio
    return Told(abs(kept.dependency_index - true_index), max(errors))
