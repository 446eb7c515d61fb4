"""Which browsers are signed in.

A browser holds a random token; the file holds only its hash, so a copied file opens no door. All
questions are answered from memory, because a slow disk must not delay a stop command (R1); the
file is there so that a restarted dashboard still knows its people.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from rascue.dashboard.clinic.accounts import Account
from rascue.dashboard.clinic.database import ClinicDatabase

IDLE_LIFE = timedelta(minutes=30)
"""Without any activity. Default, not evidence: half a therapy hour."""
ABSOLUTE_LIFE = timedelta(hours=12)
"""Since signing in: one working day. Source: ECOSYSTEM 2.3."""
TOKEN_BYTES = 32


@dataclass(slots=True)
class _SignIn:
    account: Account
    begun: datetime
    seen: datetime

    def is_over(self, now: datetime) -> bool:
        return now - self.begun > ABSOLUTE_LIFE or now - self.seen > IDLE_LIFE


class SignIns:
    """Tokens in force; those in the file count as seen at ``now``, when it is opened."""

    def __init__(self, database: ClinicDatabase, now: datetime) -> None:
        self._database = database
        rows = database.rows(
            "SELECT token_hash, sign_in.created_utc, account.id, name, account.created_utc "
            "FROM sign_in JOIN account ON account.id = account_id"
        )
        self._known = {
            token_hash: _SignIn(Account(*account), datetime.fromisoformat(begun), now)
            for token_hash, begun, *account in rows
        }

    def begin(self, account: Account, now: datetime) -> str:
        """Return a new token for a browser of this account."""
        for token_hash in [key for key, known in self._known.items() if known.is_over(now)]:
            self._forget(token_hash)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO sign_in VALUES (?, ?, ?)",
                (_hash(token), account.id, now.isoformat()),
            )
        self._known[_hash(token)] = _SignIn(account, now, now)
        return token

    def account_of(self, token: str, now: datetime, *, is_activity: bool = True) -> Account | None:
        """Return whose token it is, None when unknown or expired; activity keeps it alive."""
        known = self._known.get(_hash(token))
        if known is None or known.is_over(now):
            return None
        if is_activity:
            known.seen = now
        return known.account

    def end(self, token: str) -> None:
        """Forget one token."""
        self._forget(_hash(token))

    def end_all(self, account: Account) -> None:
        """Forget all tokens of an account."""
        for token_hash in [key for key, known in self._known.items() if known.account == account]:
            self._forget(token_hash)

    def _forget(self, token_hash: bytes) -> None:
        self._known.pop(token_hash, None)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sign_in WHERE token_hash = ?", (token_hash,))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
