"""Every built-in strategy keeps the rules of its kind."""

from __future__ import annotations

from typing import Any

import pytest

from rascue.cue.choose import BUILT_IN
from rascue.testing.strategies import CueStrategyContract


@pytest.fixture(autouse=True, params=BUILT_IN)
def _chosen(request: pytest.FixtureRequest) -> None:
    request.instance.chosen = BUILT_IN[request.param]


class TestBuiltInStrategies(CueStrategyContract):
    chosen: Any

    def strategy_class(self) -> Any:
        return self.chosen
