"""Time that passes only when somebody waits: a clock and a sleep for accelerated runs."""

from __future__ import annotations

from rascue.core.clock import NS_PER_S, after
from rascue.core.types import EngineNs

START_NS = EngineNs(10 * NS_PER_S)
"""Not 0, so that a forgotten offset shows."""


class SimulatedTime:
    """A ``Clock`` that is also the ``sleep`` of those who look at it."""

    def __init__(self, start_ns: EngineNs = START_NS) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> EngineNs:
        """Return the present instant."""
        return self._now_ns

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._now_ns = after(self._now_ns, max(0.0, seconds))
