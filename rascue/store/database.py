"""Opens SQLite files the way this project needs them, and tells their errors in one line.

Settings and their reasons stand in ECOSYSTEM 1.3: WAL with a sync at every commit lost nothing in
2000 simulated power cuts, where WAL without it lost commits in 1612 of them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import apsw

from rascue.core.errors import StoreError

SQLITE_MIN_VERSION = (3, 51, 3)
"""Older ones can corrupt a WAL file when two connections meet in a checkpoint (ECOSYSTEM 1.1)."""

APPLICATION_ID = 0x52415331
"""Marks our files for the `file` command and against mix-ups: "RAS1"."""

BUSY_TIMEOUT_MS = 5000

_LOG_SUFFIX = "-wal"

_ADVICE: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.FullError, "the disk is full; free space on it, then start a new session"),
    (apsw.ReadOnlyError, "the disk or file is read-only; check the mount and the permissions"),
    (apsw.CantOpenError, "it cannot be opened; check that the folder exists and its permissions"),
    (apsw.PermissionsError, "access is not permitted; check the permissions"),
    (apsw.IOError, "the disk reports an error; check the card, its contacts and the system log"),
    (apsw.CorruptError, "its contents are damaged; restore it from a backup"),
    (apsw.NotADBError, "it is not a session file"),
    (apsw.BusyError, "another program holds it; close that program"),
    (apsw.LockedError, "another program holds it; close that program"),
)


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a ``StoreError`` that names the file and the remedy."""
    try:
        yield
    except apsw.Error as error:
        raise StoreError(f"{path}: {_advice(error)}") from error


def _advice(error: apsw.Error) -> str:
    for kind, text in _ADVICE:
        if isinstance(error, kind):
            return text
    return f"SQLite reports: {str(error).splitlines()[0] if str(error) else type(error).__name__}"


def check_sqlite_version() -> None:
    """Refuse a SQLite that can damage a file.

    Raises
    ------
    StoreError
        With the version found and the one needed.
    """
    found = apsw.sqlite_lib_version()
    if tuple(int(part) for part in found.split(".")) < SQLITE_MIN_VERSION:
        needed = ".".join(str(part) for part in SQLITE_MIN_VERSION)
        raise StoreError(
            f"SQLite {found} can damage session files; install apsw with SQLite {needed} or newer"
        )


def create_database(path: Path) -> apsw.Connection:
    """Create an empty file and return the connection that alone may write to it.

    Raises
    ------
    StoreError
        When the file exists already or cannot be created.
    """
    check_sqlite_version()
    if path.exists():
        raise StoreError(f"{path}: exists already and is not overwritten; choose another name")
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    with store_errors(path):
        connection = apsw.Connection(str(path), flags=flags)
        try:
            connection.set_busy_timeout(BUSY_TIMEOUT_MS)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("journal_mode", "WAL")
            connection.pragma("synchronous", "FULL")
            connection.pragma("foreign_keys", True)
            connection.pragma("wal_autocheckpoint", 1000)
            _distrust_contents(connection)
        except apsw.Error:
            abandon(connection)
            raise
    return connection


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Make what is executed within durable together, or not at all.

    apsw's own ``with connection`` hides why: a full disk rolls back by itself, and its second
    rollback then fails.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def abandon(connection: apsw.Connection) -> None:
    """Close a connection whose disk has failed already; a second failure says nothing new."""
    with suppress(apsw.Error):
        connection.close()


def close_as_single_file(connection: apsw.Connection, path: Path) -> None:
    """Bring everything into the one file and close it; nothing is left beside it.

    Never waits. A reader that is in the middle of an older state keeps the log beside the file;
    then both together are complete, until ``merge_logs`` joins them.

    Raises
    ------
    StoreError
        When the disk refuses; the connection is closed, the log beside the file is kept.
    """
    try:
        with store_errors(path), suppress(apsw.BusyError, apsw.LockedError):
            connection.set_busy_timeout(0)
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            connection.pragma("journal_mode", "DELETE")
    finally:
        with store_errors(path):
            connection.close()


def merge_logs(folder: Path) -> list[str]:
    """Make single files of those that a killed process left with a log beside them.

    Only to be called while nobody writes in the folder, as when the service starts. Returns one
    line for each that could not be merged; it stays as it is, readable with its log.
    """
    check_sqlite_version()
    logs = sorted(folder.glob(f"*{_LOG_SUFFIX}"))
    files = [log.with_name(log.name.removesuffix(_LOG_SUFFIX)) for log in logs]
    problems: list[str] = []
    for path in files:
        try:
            if path.is_file():
                _merge_log(path)
        except StoreError as error:
            problems.append(str(error))
    return problems


def _merge_log(path: Path) -> None:
    with store_errors(path):
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        _distrust_contents(connection)
    close_as_single_file(connection, path)


@contextmanager
def read_database(path: Path) -> Iterator[apsw.Connection]:
    """Open a file without ever writing to it or beside it.

    Works while another process writes, on what a killed process left behind, and on a medium
    that cannot be written to.

    Raises
    ------
    StoreError
        When there is no such file or it is not a database.
    """
    check_sqlite_version()
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file; check the name")
    with ExitStack() as stack:
        with store_errors(path):
            connection = _connect_for_reading(path, stack)
        yield connection


def _connect_for_reading(path: Path, stack: ExitStack) -> apsw.Connection:
    try:
        return _read_only(path, "mode=ro", stack)
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        # A log without its index (a copy, or a medium that is read-only) cannot be read in place.
        if not _log_of(path).is_file():
            return _read_only(path, "immutable=1", stack)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rascue-")))
    copy = folder / path.name
    shutil.copyfile(path, copy)
    shutil.copyfile(_log_of(path), _log_of(copy))
    return _read_only(copy, "mode=rw", stack)


def _read_only(path: Path, mode: str, stack: ExitStack) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(f"file:{quote(str(path.resolve()))}?{mode}", flags=flags)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        _distrust_contents(connection)
        connection.pragma("query_only", True)
        connection.pragma("user_version")  # the first read opens the log beside the file
    except apsw.Error:
        abandon(connection)
        raise
    stack.callback(connection.close)
    return connection


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + _LOG_SUFFIX)


def _distrust_contents(connection: apsw.Connection) -> None:
    connection.pragma("trusted_schema", False)
    connection.pragma("cell_size_check", True)
