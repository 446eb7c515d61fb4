"""Contacts -> strides: pairs the contacts of each foot and adds what happened in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rascue.core.clock import seconds_between
from rascue.core.types import (
    Activity,
    ActivityChange,
    DetectorEvent,
    EngineNs,
    FinalContactEvent,
    Side,
    StepEvent,
    StrideRecord,
)

STRIDE_MIN_S = 0.4
STRIDE_MAX_S = 3.0
"""Shorter or longer pairs of contacts are no stride. Source: Mobilise-D stride selection allows
up to 3 s (FIELD [95]); the lower bound is 2 steps at 300 steps/min: default, not evidence."""


@dataclass(slots=True)
class _Contact:
    ic_ns: EngineNs
    side: Side
    fc_ns: EngineNs | None = None


class StrideBuilder:
    """Builds one record per gait cycle from the events of one or two sensors.

    Parameters
    ----------
    contacts_per_stride
        1 when the contacts are those of one foot; 2 when both feet are seen, by two sensors or
        by one at the back. Where the back does not know the side, contacts are taken to alternate.
    """

    def __init__(self, contacts_per_stride: int) -> None:
        self._per_stride = contacts_per_stride
        self._bout_id = 0
        self._contacts: list[_Contact] = []

    def reset(self) -> None:
        """Forget unfinished strides (after a gap)."""
        self._contacts.clear()

    def process(self, events: Sequence[DetectorEvent]) -> list[StrideRecord]:
        """Take detector events in order of detection; return the strides they completed."""
        records: list[StrideRecord] = []
        for event in events:
            if isinstance(event, StepEvent):
                records += self._contact(event)
            elif isinstance(event, FinalContactEvent):
                self._lift(event)
            elif isinstance(event, ActivityChange):
                self._activity(event)
        return records

    def _activity(self, change: ActivityChange) -> None:
        self._bout_id = change.bout_id
        if change.activity is Activity.STANDING:
            self._contacts.clear()

    def _lift(self, event: FinalContactEvent) -> None:
        contact = self._latest(event.side)
        if contact is not None and contact.ic_ns < event.fc_ns:
            contact.fc_ns = event.fc_ns

    def _contact(self, step: StepEvent) -> list[StrideRecord]:
        start = self._start_of_stride(step)
        records = []
        if start is not None:
            stride_s = seconds_between(start.ic_ns, step.ic_ns)
            if STRIDE_MIN_S <= stride_s <= STRIDE_MAX_S:
                records.append(self._record(start, step, stride_s))
        self._contacts = [*self._contacts[-2:], _Contact(step.ic_ns, step.side)]
        return records

    def _start_of_stride(self, step: StepEvent) -> _Contact | None:
        """Return the previous contact of the same foot, or None."""
        if step.side is not Side.UNKNOWN:
            return self._latest(step.side)
        index = -self._per_stride
        return self._contacts[index] if len(self._contacts) >= self._per_stride else None

    def _latest(self, side: Side) -> _Contact | None:
        found = (c for c in reversed(self._contacts) if side in (c.side, Side.UNKNOWN))
        return next(found, None)

    def _record(self, start: _Contact, end: StepEvent, stride_s: float) -> StrideRecord:
        between = [c for c in self._contacts if start.ic_ns < c.ic_ns < end.ic_ns]
        stance_s = swing_s = None
        if start.fc_ns is not None and start.fc_ns < end.ic_ns:
            stance_s = seconds_between(start.ic_ns, start.fc_ns)
            swing_s = stride_s - stance_s
        return StrideRecord(
            side=end.side,
            bout_id=self._bout_id,
            ic_ns=start.ic_ns,
            next_ic_ns=end.ic_ns,
            stride_time_s=stride_s,
            step_time_s=seconds_between(between[-1].ic_ns, end.ic_ns) if between else None,
            stance_time_s=stance_s,
            swing_time_s=swing_s,
            double_support_time_s=self._double_support_s(start, between),
        )

    def _double_support_s(self, start: _Contact, between: Sequence[_Contact]) -> float | None:
        """Return how long both feet were down in a stride; None unless both feet tell it.

        The other foot leaves after this one landed, and lands before this one leaves.
        """
        before = [c for c in self._contacts if c.ic_ns < start.ic_ns and c.side is not start.side]
        if len(between) != 1 or not before or between[0].side in (start.side, Side.UNKNOWN):
            return None
        lifts = (before[-1].fc_ns, start.fc_ns)
        if lifts[0] is None or lifts[1] is None:
            return None
        parts_s = (
            seconds_between(start.ic_ns, lifts[0]),
            seconds_between(between[0].ic_ns, lifts[1]),
        )
        return sum(parts_s) if min(parts_s) >= 0.0 else None
