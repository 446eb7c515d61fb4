"""The summary draws the conclusions that a programme was made for, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rascue.config.program import find_program
from rascue.core.events import Tick
from rascue.core.types import CueDecision, Note, SessionProgram, StepKind
from rascue.export.crossover import crossover_program
from rascue.export.summary import summarize
from tests.store.samples import a_header
from tests.unit.export.strides import a_block, at, walk


def summary_of(stored, program, cadences_spm, decisions=()):
    """Store a session in which each block was walked at its cadence, and summarize it."""
    outputs, begin_s = [], 0.0
    for block, spm in zip(program.steps, cadences_spm, strict=True):
        outputs.append(Note(at(begin_s), "block", ""))
        outputs += walk(begin_s, begin_s + block.duration_s, spm, 10.0)
        begin_s += block.duration_s
    items = [(Tick(at(0)), [*outputs, *decisions]), (Tick(at(begin_s)), [])]
    return summarize(stored(items, replace(a_header(), program=program)))


def a_program(*blocks):
    return SessionProgram("made_up", "1", "Made up", "because", blocks)


def test_a_training_without_probes_concludes_nothing(stored) -> None:
    blocks = (a_block(StepKind.BASELINE, 40), a_block(StepKind.CUED, 40, "match"))
    summary = summary_of(stored, a_program(*blocks), [100, 110])
    assert not {"carry_over", "responder_screen", "policy_comparison"} & set(summary)
    assert [block["strategy"] for block in summary["blocks"]] == ["", "match"]


def test_probes_give_the_dependency_index(stored) -> None:
    blocks = (
        a_block(StepKind.BASELINE, 60),
        a_block(StepKind.CUED, 60, "match"),
        a_block(StepKind.PROBE, 60),
    )
    summary = summary_of(stored, a_program(*blocks), [100, 110, 105])
    assert summary["carry_over"]["dependency_index"] == pytest.approx(0.5, abs=0.01)


def test_the_screen_recommends_a_policy(stored) -> None:
    program = find_program("responder_screen")
    tempi = [None, 100.0, 105.0, 97.0, None]
    begins = [sum(b.duration_s for b in program.steps[:k]) for k in range(len(program.steps))]
    decisions = [
        CueDecision(at(begin_s), "fixed", k, spm, spm, 0.0, -18.0, ())
        for k, (begin_s, spm) in enumerate(zip(begins, tempi, strict=True))
    ]
    cadences = [100, 100, 105, 97, 100]
    screen = summary_of(stored, program, cadences, decisions)["responder_screen"]
    assert screen["recommended_policy"] == "match"
    assert screen["reasons"]


def test_a_crossover_compares_its_policies(stored) -> None:
    program = crossover_program(("fixed", "match"), 2, seed=5)
    cadences = [105 if block.strategy == "match" else 100 for block in program.steps]
    compared = summary_of(stored, program, cadences)["policy_comparison"]
    gains = {row["policy"]: row["cadence_gain_percent"] for row in compared["policies"]}
    assert gains == pytest.approx({"fixed": 0.0, "match": 5.0}, abs=0.05)
