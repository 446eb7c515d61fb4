"""When what was appended is to be made durable."""

from __future__ import annotations

from collections.abc import Sequence

from rascue.core.clock import seconds_between
from rascue.core.events import AudioStatus, EngineInput, Record, Tick
from rascue.core.types import CadenceEstimate, EngineNs, ImuBlock

SAMPLES_WAIT_MAX_S = 1.0
"""Raw samples may wait this long: a power cut then costs at most the last second of them."""


class CommitRule:
    """Says when to commit: at once for what happened, after a second for mere samples.

    A display value that follows from the samples (``CadenceEstimate``) may wait as they do;
    steps, beats, decisions, commands, faults and notes may not, because a person has seen them.
    """

    def __init__(self) -> None:
        self._urgent = False
        self._oldest_ns: EngineNs | None = None

    def appended(self, given: EngineInput, outputs: Sequence[Record], now_ns: EngineNs) -> None:
        """Take note of an item that was appended at ``now_ns``."""
        self._urgent = self._urgent or _happened(given, outputs)
        if self._oldest_ns is None:
            self._oldest_ns = now_ns

    def due(self, now_ns: EngineNs) -> bool:
        """Return whether to commit now."""
        if self._oldest_ns is None:
            return False
        return self._urgent or seconds_between(self._oldest_ns, now_ns) >= SAMPLES_WAIT_MAX_S

    def committed(self) -> None:
        """Take note that nothing waits any more."""
        self._urgent = False
        self._oldest_ns = None


def _happened(given: EngineInput, outputs: Sequence[Record]) -> bool:
    if not isinstance(given, Tick | ImuBlock | AudioStatus):
        return True
    return any(not isinstance(output, CadenceEstimate) for output in outputs)
