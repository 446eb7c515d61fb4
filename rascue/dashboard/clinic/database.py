"""``clinic.sqlite``: one connection, used by one thread at a time, every commit on the disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from rascue.core.errors import StoreError
from rascue.dashboard.clinic.migrations import migrate
from rascue.store.database import BUSY_TIMEOUT_MS, check_sqlite_version, store_errors

FILE_MODE = 0o600
"""Pseudonyms and password hashes are for the user of the service alone."""


class ClinicDatabase:
    """Opens or creates the file and brings it to the newest version.

    Raises
    ------
    StoreError
        When it cannot be opened, or a newer program wrote it.
    """

    def __init__(self, path: Path) -> None:
        check_sqlite_version()
        self.path = path
        self._lock = threading.RLock()
        _make_private(path)
        with store_errors(path):
            self._connection = apsw.Connection(str(path))
            try:
                _configure(self._connection)
                migrate(self._connection)
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """Give the connection for a group of statements that happen together or not at all."""
        with store_errors(self.path), self._lock, self._connection:
            yield self._connection

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.transaction() as connection:
            return connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        found = self.rows(statement, *values)
        return found[0] if found else None

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        with self._lock:
            self._connection.close()


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=FILE_MODE)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be made ({error.strerror}); choose another folder with --data"
        ) from error


def _configure(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.pragma("journal_mode", "WAL")
    connection.pragma("synchronous", "FULL")
    connection.pragma("foreign_keys", True)
    connection.pragma("trusted_schema", False)
    connection.pragma("cell_size_check", True)
