"""How much of a week's sound each person's ears have had: one small file, safe against power cuts.

It stands beside the session files, because those may be exported and deleted; ears remember.
Any thread may call it.
"""

from __future__ import annotations

import threading
from pathlib import Path

import apsw

from rascue.store.database import BUSY_TIMEOUT_MS, store_errors, transaction

FILE_NAME = "hearing.sqlite"
WEEK_S = 7 * 24 * 3600

_SCHEMA = """
CREATE TABLE IF NOT EXISTS heard (
    session_id   TEXT PRIMARY KEY,
    subject_code TEXT NOT NULL,
    at_utc_s     INTEGER NOT NULL,
    share        REAL NOT NULL
) STRICT, WITHOUT ROWID
"""


class HearingLedger:
    """The account of all people, on disk.

    Parameters
    ----------
    path
        The file; created when something is written first.

    Raises
    ------
    StoreError
        In each method, when the disk refuses or the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: apsw.Connection | None = None

    def week_share(self, subject_code: str, utc_s: int) -> float:
        """Return the share of a week's dose in the seven days until ``utc_s`` (Unix time, s).

        What is dated later counts as well: a clock that was set back must not forget.
        """
        since_s = utc_s - WEEK_S
        question = "SELECT total(share) FROM heard WHERE subject_code = ? AND at_utc_s > ?"
        with self._lock, store_errors(self._path):
            return float(self._opened().execute(question, (subject_code, since_s)).get)

    def keep(self, session_id: str, subject_code: str, utc_s: int, share: float) -> None:
        """Write what a session has used until now, in place of what it had used before."""
        row = (session_id, subject_code, utc_s, share)
        with self._lock, store_errors(self._path):
            connection = self._opened()
            with transaction(connection):
                connection.execute("INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?)", row)

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""
        with self._lock, store_errors(self._path):
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> apsw.Connection:
        if self._connection is None:
            connection = apsw.Connection(str(self._path))
            connection.set_busy_timeout(BUSY_TIMEOUT_MS)
            connection.pragma("journal_mode", "WAL")
            connection.pragma("synchronous", "FULL")
            connection.execute(_SCHEMA)
            self._connection = connection
        return self._connection
