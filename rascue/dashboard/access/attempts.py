"""Slows down guessing: after some failures a key has to wait, longer each time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 5
"""Failures without a wait. Source: ECOSYSTEM 2.3 (five tries)."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
"""The wait doubles with each further failure: default, not evidence."""
KEYS_MAX = 10_000
"""Keys remembered; then the longest unused is forgotten, so that memory is bounded."""


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    free_at: datetime


class Attempts:
    """Counts failures for each key (an address, or an address and a name)."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, key: str, now: datetime) -> timedelta:
        """Return how long this key must wait before its next try; zero when it may try."""
        known = self._failures.get(key)
        return max(known.free_at - now, timedelta()) if known else timedelta()

    def failed(self, key: str, now: datetime) -> None:
        """Count a failure."""
        known = self._failures.pop(key, None)
        count = known.count + 1 if known else 1
        wait = timedelta()
        if count >= FREE_FAILURES:
            doublings = min(count - FREE_FAILURES, 10)
            wait = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
        self._failures[key] = _Failures(count, now + wait)
        if len(self._failures) > KEYS_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)
