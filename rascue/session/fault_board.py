"""Which faults are raised now; turns conditions into raise and clear records, once each."""

from __future__ import annotations

from dataclasses import replace

from rascue.core.faults import FAULT_TABLE, Effect, Fault, FaultCode, strongest
from rascue.core.types import EngineNs


class FaultBoard:
    """Remembers raised faults and their details."""

    def __init__(self) -> None:
        self._raised: dict[FaultCode, Fault] = {}

    def update(
        self,
        now_ns: EngineNs,
        code: FaultCode,
        present: bool,  # noqa: FBT001 - reads as a sentence at the call
        detail: str = "",
    ) -> list[Fault]:
        """State whether a condition is present; return the change, if it is one.

        A latched fault stays when its condition has passed, until ``clear``. Of one that stays
        raised the newest detail is kept, as when a second sensor is lost.
        """
        if present and code in self._raised:
            self._raised[code] = replace(self._raised[code], detail=detail)
        if present == (code in self._raised):
            return []
        if not present and FAULT_TABLE[code].latched:
            return []
        return [self._set(Fault(now_ns, code, present, detail))]

    def clear(self, now_ns: EngineNs, code: FaultCode) -> list[Fault]:
        """Take back a fault because a person said so."""
        if code not in self._raised:
            return []
        return [self._set(Fault(now_ns, code, raised=False, detail="cleared by a person"))]

    @property
    def raised(self) -> tuple[Fault, ...]:
        """All raised faults, strongest effect first."""
        return tuple(sorted(self._raised.values(), key=lambda f: -FAULT_TABLE[f.code].effect))

    @property
    def effect(self) -> Effect:
        """Strongest effect of all raised faults."""
        return strongest(frozenset(self._raised))

    def _set(self, fault: Fault) -> Fault:
        if fault.raised:
            self._raised[fault.code] = fault
        else:
            del self._raised[fault.code]
        return fault
