"""Every built-in strategy keeps the rules of its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rascue.cue.choose import BUILT_IN
from rascue.testing.strategies import CueStrategyContract


class TestBuiltInStrategies(CueStrategyContract):
    chosen: Any

    @pytest.fixture(autouse=True, params=BUILT_IN)
    def _choose(self, request: pytest.FixtureRequest) -> None:
        self.chosen = BUILT_IN[request.param]

    def strategy_class(self) -> Any:
        return self.chosen


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "strategies.md"


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_strategy_is_described_in_the_documentation(name: str) -> None:
    assert f"| `{name}` |" in DOCUMENT.read_text("utf-8")
