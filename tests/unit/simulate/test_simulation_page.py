"""docs/simulation.md names every person, scenario, fault and check that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rascue.simulate.figures.checks import QUESTIONS
from rascue.simulate.scenario import FaultKind, shipped_scenarios
from rascue.simulate.walker_params import shipped_walkers

PAGE = Path(__file__).resolve().parents[3] / "docs" / "simulation.md"


@pytest.mark.parametrize(
    "word",
    [*shipped_walkers(), *shipped_scenarios(), *QUESTIONS, *(kind.value for kind in FaultKind)],
)
def test_the_page_names_it(word: str) -> None:
    text = PAGE.read_text("utf-8")
    assert f"`{word}`" in text or f'"{word}"' in text or f"{word}," in text
