"""Every built-in strategy keeps the rules of its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rascue import registry
from rascue.testing.strategies import CueStrategyContract

STRATEGIES = registry.names(registry.Kind.STRATEGY)


class TestBuiltInStrategies(CueStrategyContract):
    chosen: Any

    @pytest.fixture(autouse=True, params=STRATEGIES)
    def _choose(self, request: pytest.FixtureRequest) -> None:
        self.chosen = registry.find(registry.Kind.STRATEGY, request.param)

    def strategy_class(self) -> Any:
        return self.chosen


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "strategies.md"


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_is_described_in_the_documentation(name: str) -> None:
    assert f"| `{name}` |" in DOCUMENT.read_text("utf-8")
