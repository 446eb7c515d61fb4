"""The only two conversions between instants (ns) and durations (s)."""

from __future__ import annotations

from typing import Protocol

from rascue.core.types import EngineNs

NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """Source of engine time; the machine clock in the shell, a simulated one in tests."""

    def now_ns(self) -> EngineNs:
        """Return the present instant."""
        ...


def seconds_between(earlier: EngineNs, later: EngineNs) -> float:
    """Return ``later - earlier`` in seconds; negative when the order is reversed."""
    return (later - earlier) / NS_PER_S


def after(instant: EngineNs, seconds: float) -> EngineNs:
    """Return the instant ``seconds`` after (before, if negative) another, to the nearest ns."""
    return EngineNs(instant + round(seconds * NS_PER_S))
