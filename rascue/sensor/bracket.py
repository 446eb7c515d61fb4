"""Which readings of a chip's clock were quick enough to be trusted. Pure."""

from __future__ import annotations

SLOWER_MAX_RATIO = 2.0
"""A reading that took more than this times the quickest is left out.
Source: the rule of Klipper's clock queries (EMBEDDED section 2)."""

FORGIVE_RATIO = 1.02
"""With each one left out the quickest is remembered as so much slower, so that a bus that has
become slow for good is accepted again within seconds; default, not evidence."""


class Bracket:
    """Compares how long a reading took with the quickest so far.

    The instant of a reading is only known to lie between its beginning and its end; on a busy
    machine either may be milliseconds away from it.
    """

    def __init__(self) -> None:
        self._quickest_s: float | None = None

    def accepts(self, took_s: float) -> bool:
        """Return whether a reading that took so long is good enough."""
        if self._quickest_s is None or took_s < self._quickest_s:
            self._quickest_s = took_s
        if took_s <= SLOWER_MAX_RATIO * self._quickest_s:
            return True
        self._quickest_s *= FORGIVE_RATIO
        return False
