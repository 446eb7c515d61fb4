"""Where the next contact is expected. Pure; shared by strategies that place beats on steps."""

from __future__ import annotations

from rascue.core.clock import after
from rascue.core.types import EngineNs
from rascue.cue.base import CueInput


def expected_contact_ns(now: CueInput) -> EngineNs | None:
    """Return an instant on which a contact falls or should fall; None when nothing is known.

    It may lie in the past: any beat whole intervals later falls on a contact as well.
    """
    if now.cadence.next_ic_ns is not None:
        return now.cadence.next_ic_ns
    return None if now.last_step is None else now.last_step.ic_ns


def beat_on_contact_ns(now: CueInput, offset_s: float) -> EngineNs | None:
    """Return where a beat falls ``offset_s`` after a contact; negative sounds before it."""
    contact_ns = expected_contact_ns(now)
    return None if contact_ns is None else after(contact_ns, offset_s)
