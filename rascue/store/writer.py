"""Writes one session to one file; purely synchronous, the thread around it is the shell's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw

from rascue.core.errors import StoreError
from rascue.core.events import EngineInput, Record
from rascue.core.types import SessionHeader
from rascue.store.codec import ColumnValue, to_column, to_json
from rascue.store.database import (
    abandon,
    close_as_single_file,
    create_database,
    store_errors,
    transaction,
)
from rascue.store.inputs import INSERT_BLOCK, INSERT_INPUT, input_row
from rascue.store.schema import RECORD_TABLES, SCHEMA_VERSION, schema_sql

Statement = tuple[str, tuple[ColumnValue, ...]]


class SessionWriter:
    """Appends what the engine was told, and what it stated, to a new session file.

    Nothing in the file depends on the machine or the moment: the same calls give the same bytes.

    Parameters
    ----------
    path
        File to create; an existing one is refused.
    header
        Stored first, so that even a session cut short says whose and what it was.
    config_json
        Effective configuration, kept as it is.

    Raises
    ------
    StoreError
        When the file cannot be created.
    """

    def __init__(self, path: Path, header: SessionHeader, config_json: str) -> None:
        self._path = path
        self._input_seq = 0
        self._output_seq = 0
        self._pending: list[Statement] = []
        self._connection: apsw.Connection | None = create_database(path)
        meta = {"header": to_json(header), "config": config_json}
        self._pending += [("INSERT INTO meta VALUES (?, ?)", item) for item in meta.items()]
        try:
            with store_errors(path), transaction(self._connection):
                self._connection.execute(schema_sql())
                self._connection.pragma("user_version", SCHEMA_VERSION)
                self._write_pending(self._connection)
        except BaseException:
            abandon(self._connection)
            raise
        self._pending.clear()

    @property
    def path(self) -> Path:
        """The file that is written."""
        return self._path

    def append(self, given: EngineInput, outputs: Sequence[Record]) -> None:
        """Take one input with all that it led to; durable after the next ``commit``.

        Raises
        ------
        StoreError
            When it holds a value that would not come back as it was; nothing of it is taken.
        """
        try:
            rows = [*self._input_rows(given), *self._output_rows(outputs)]
        except (TypeError, ValueError) as error:
            raise StoreError(f"{self._path}: {error}; report this as a fault of rascue") from error
        self._pending += rows
        self._input_seq += 1
        self._output_seq += len(outputs)

    def commit(self) -> None:
        """Make all that was appended durable, in one transaction.

        Raises
        ------
        StoreError
            When the disk refuses. What was appended is kept; a later commit tries again.
        """
        if not self._pending or self._connection is None:
            return
        with store_errors(self._path), transaction(self._connection):
            self._write_pending(self._connection)
        self._pending.clear()

    def close(self) -> None:
        """Commit, mark the session as closed in order, and leave one file; harmless when repeated.

        Raises
        ------
        StoreError
            When the disk refuses; what was committed before stays readable.
        """
        if self._connection is None:
            return
        self._pending.append(("INSERT INTO meta VALUES (?, ?)", ("closed", "true")))
        try:
            self.commit()
        finally:
            connection, self._connection = self._connection, None
            close_as_single_file(connection, self._path)

    def _input_rows(self, given: EngineInput) -> Iterator[Statement]:
        row = input_row(given)
        yield INSERT_INPUT, (self._input_seq, to_column(row.at_ns), row.kind, row.payload)
        if row.block is not None:
            yield INSERT_BLOCK, (self._input_seq, *row.block)

    def _output_rows(self, outputs: Sequence[Record]) -> Iterator[Statement]:
        for number, output in enumerate(outputs, self._output_seq):
            table = RECORD_TABLES[type(output)]
            values = (to_column(getattr(output, name)) for name in table.columns)
            yield table.insert, (number, self._input_seq, *values)

    def _write_pending(self, connection: apsw.Connection) -> None:
        for statement, row in self._pending:
            connection.execute(statement, row)
