"""Which signs of trouble are raised in a session, and the faults that tell them. Pure."""

from __future__ import annotations

from rascue.core.faults import Fault, FaultCode
from rascue.core.types import EngineNs, GaitFlag, GaitSign
from rascue.session.fault_board import FaultBoard

FAULT_OF_SIGN = {
    GaitSign.NEAR_STOP: FaultCode.NEAR_STOP,
    GaitSign.STUMBLE: FaultCode.STUMBLE,
    GaitSign.FREEZE: FaultCode.FREEZING,
}


class TroubleWatch:
    """Remembers raised signs by sensor."""

    def __init__(self) -> None:
        self._raised: dict[tuple[GaitSign, str], GaitFlag] = {}

    @property
    def signs(self) -> frozenset[GaitSign]:
        """Signs that any sensor shows now."""
        return frozenset(sign for sign, _ in self._raised)

    def take(self, flag: GaitFlag) -> None:
        """Take a sign that was raised or cleared."""
        if flag.raised:
            self._raised[flag.sign, flag.source_id] = flag
        else:
            self._raised.pop((flag.sign, flag.source_id), None)

    def tell(self, now_ns: EngineNs, board: FaultBoard) -> list[Fault]:
        """Raise and take back the faults of signs; return the changes."""
        measures = {sign: flag.measure for (sign, _), flag in self._raised.items()}
        changes: list[Fault] = []
        for sign, code in FAULT_OF_SIGN.items():
            detail = f"measure {measures[sign]:.2f}" if sign in measures else ""
            changes += board.update(now_ns, code, sign in measures, detail)
        return changes
