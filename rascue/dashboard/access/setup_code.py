"""The one-time code that proves, on first run, that somebody can see the device's console."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

CODE_DIGITS = 8
CODE_LIFE = timedelta(minutes=10)
TRIES_MAX = 5
"""Source of all three: ECOSYSTEM 2.3."""
RENEWAL_PAUSE = timedelta(seconds=30)
"""Shortest time between two codes; keeps guessing hopeless. Default, not evidence."""


class SetupCode:
    """Issues a code, tells it to the console, and takes it once.

    Parameters
    ----------
    announce
        Shows a line to whoever stands at the device.
    """

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._code: str | None = None
        self._tries_left = 0
        self._issued: datetime | None = None

    def issue(self, now: datetime) -> bool:
        """Make and announce a new code; False when the last one is too young to be replaced."""
        if self._issued is not None and now - self._issued < RENEWAL_PAUSE:
            return False
        self._code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        self._tries_left = TRIES_MAX
        self._issued = now
        minutes = int(CODE_LIFE.total_seconds() // 60)
        self._announce(
            f"Set-up code: {self._code[:4]} {self._code[4:]}  (enter it within {minutes} minutes "
            "on the dashboard to create the first account)"
        )
        return True

    def fits(self, given: str, now: datetime) -> bool:
        """Return True for the code in force; each wrong try counts."""
        digits = "".join(given.split())
        if not self.is_usable(now) or self._code is None:
            return False
        if hmac.compare_digest(digits.encode(), self._code.encode()):
            return True
        self._tries_left -= 1
        return False

    def is_usable(self, now: datetime) -> bool:
        """Return False when the code is used, too old or was tried too often."""
        return (
            self._code is not None
            and self._issued is not None
            and self._tries_left > 0
            and now - self._issued <= CODE_LIFE
        )

    def use_up(self) -> None:
        """End the code's life: an account exists."""
        self._code = None
