"""Who did what, for whom, when: rows that are only added, each sealed by the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rascue.dashboard.clinic.database import ClinicDatabase

FIRST_HASH = ""
"""Stands for the row before the first."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One action; ``subject`` is a pseudonym or the name of a thing."""

    seq: int
    at_utc: str
    actor: str
    action: str
    subject: str
    detail_json: str
    previous_hash: str
    hash: str


class AuditTrail:
    """Adds and checks the rows.

    Each row holds the SHA-256 of itself and of its predecessor's hash: a row that was changed,
    moved or removed in the middle breaks the chain.
    """

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def add(
        self, now: datetime, actor: str, action: str, subject: str = "", **detail: object
    ) -> None:
        """Write one action down."""
        with self._database.transaction() as connection:
            last = connection.execute(
                "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
            ).fetchone()
            seq, previous = (last[0] + 1, last[1]) if last else (1, FIRST_HASH)
            fields = (seq, now.isoformat(), actor, action, subject, _text(detail), previous)
            connection.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*fields, _hash(fields))
            )

    def rows(self) -> list[AuditRow]:
        """Return all rows, the oldest first."""
        return [AuditRow(*row) for row in self._database.rows("SELECT * FROM audit ORDER BY seq")]

    def first_broken(self) -> int | None:
        """Return the number of the first row that does not fit the chain, None when all do."""
        previous = FIRST_HASH
        for expected_seq, row in enumerate(self.rows(), 1):
            fields = (
                row.seq, row.at_utc, row.actor, row.action, row.subject, row.detail_json, previous
            )  # fmt: skip
            if row.seq != expected_seq or row.hash != _hash(fields):
                return expected_seq
            previous = row.hash
        return None


def _text(detail: Mapping[str, object]) -> str:
    return json.dumps(detail, sort_keys=True)


def _hash(fields: tuple[object, ...]) -> str:
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()
