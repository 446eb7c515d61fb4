"""Reads a session file, finished, cut short or still being written; never writes."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast, get_type_hints

from rascue.core.clock import seconds_between
from rascue.core.errors import StoreError
from rascue.core.events import EngineInput, Record
from rascue.core.types import EngineNs, SessionHeader
from rascue.store.codec import INTEGER_MAX, from_column, from_json
from rascue.store.database import APPLICATION_ID, read_database, store_errors
from rascue.store.inputs import SELECT_INPUTS, input_from_row
from rascue.store.schema import RECORD_TABLES, SCHEMA_VERSION, RecordTable

R = TypeVar("R", bound=Record)

CADENCE_MIN_STRIDES = 10
"""A mean over fewer gait cycles is not shown (FIELD 3.1: at least 10 cycles)."""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Light figures of one session, for a list.

    Parameters
    ----------
    duration_s
        From the first to the last input, s.
    mean_cadence_spm
        120 / mean stride time, steps/min; None with fewer than ten strides.
    n_beats
        Beats that sounded.
    closed
        False while the session is written, and for ever when it was cut short.
    """

    session_id: str
    subject_code: str
    started_utc: str
    program_title: str
    duration_s: float
    n_steps: int
    mean_cadence_spm: float | None
    n_beats: int
    closed: bool


class SessionReader:
    """One session file, opened for reading.

    Parameters
    ----------
    path
        The file; with its ``-wal`` beside it when it was left behind or is being written.

    Raises
    ------
    StoreError
        When it is absent, damaged, no session file, or written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stack = ExitStack()
        try:
            self._connection = self._stack.enter_context(read_database(path))
            self._check_kind()
            self.header: SessionHeader = self._read_header()
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; harmless when repeated."""
        self._stack.close()

    @cached_property
    def config_json(self) -> str:
        """Configuration in force, as text."""
        return self._meta("config")

    def inputs(self) -> Iterator[tuple[EngineInput, list[Record]]]:
        """Yield all that the engine was told, each with the records that it led to, in order.

        What is written after the first call of ``next`` is left out, so that the end is an end.
        """
        with self._damage_told():
            last = self._connection.execute("SELECT max(seq) FROM input").get
            if last is None:
                return
            outputs = groupby(self._all_records(last), key=itemgetter(1))
            upcoming = next(outputs, None)
            for row in self._connection.execute(SELECT_INPUTS, (last,)):
                records: list[Record] = []
                if upcoming is not None and upcoming[0] == row[0]:
                    records = [record for _, _, record in upcoming[1]]
                    upcoming = next(outputs, None)
                yield input_from_row(row), records

    def records(self, kind: type[R]) -> list[R]:
        """Return all records of one kind, in the order in which the engine stated them."""
        with self._damage_told():
            rows = self._rows(RECORD_TABLES[kind], INTEGER_MAX)
            return [cast(R, record) for _, _, record in rows]

    def summary(self) -> SessionSummary:
        """Return the figures for a list; reads no samples."""
        with self._damage_told():
            return SessionSummary(
                session_id=self.header.session_id,
                subject_code=self.header.subject_code,
                started_utc=self.header.started_utc,
                program_title=self.header.program.title,
                duration_s=self._duration_s(),
                n_steps=self._one("SELECT count(*) FROM step")[0],
                mean_cadence_spm=self._mean_cadence_spm(),
                n_beats=self._one("SELECT count(*) FROM played_beat WHERE outcome = 'played'")[0],
                closed=self._one("SELECT count(*) FROM meta WHERE key = 'closed'")[0] == 1,
            )

    def _mean_cadence_spm(self) -> float | None:
        count, stride_time_s = self._one("SELECT count(*), avg(stride_time_s) FROM stride")
        return 120.0 / stride_time_s if count >= CADENCE_MIN_STRIDES else None

    def _duration_s(self) -> float:
        first, last = self._one(
            "SELECT (SELECT at_ns FROM input ORDER BY seq LIMIT 1),"
            " (SELECT at_ns FROM input ORDER BY seq DESC LIMIT 1)"
        )
        return 0.0 if first is None else seconds_between(EngineNs(first), EngineNs(last))

    def _check_kind(self) -> None:
        with self._damage_told():
            application, version = (
                self._connection.pragma(name) for name in ("application_id", "user_version")
            )
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path}: was written by a newer rascue (format {version}, this one reads up "
                f"to {SCHEMA_VERSION}); update rascue"
            )
        if application != APPLICATION_ID:
            raise StoreError(f"{self.path}: is a database, but not a session file of rascue")
        if version == 0:
            raise StoreError(
                f"{self.path}: holds no session; the service was stopped before the first line"
            )

    def _read_header(self) -> SessionHeader:
        with self._damage_told():
            return from_json(SessionHeader, self._meta("header"))

    def _meta(self, key: str) -> str:
        with self._damage_told():
            return str(self._one("SELECT value FROM meta WHERE key = ?", key)[0])

    def _one(self, statement: str, *values: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        if row is None:
            raise ValueError("a line is missing")
        return row

    def _all_records(self, last_input: int) -> Iterator[tuple[int, int, Record]]:
        """Return (seq, input_seq, record) of all tables in the order of ``seq``."""
        tables = (self._rows(table, last_input) for table in RECORD_TABLES.values())
        return heapq.merge(*tables, key=itemgetter(0))

    def _rows(self, table: RecordTable, last_input: int) -> Iterator[tuple[int, int, Record]]:
        hints = get_type_hints(table.record)
        names = self._columns_there(table)
        if not names:
            return  # the file is older than this kind of record
        kinds = [(name, hints[name]) for name in names]
        for seq, input_seq, *columns in self._connection.execute(
            table.select(names), (last_input,)
        ):
            values = {
                name: from_column(kind, column)
                for (name, kind), column in zip(kinds, columns, strict=True)
            }
            yield seq, input_seq, table.record(**values)

    def _columns_there(self, table: RecordTable) -> list[str]:
        """Return those columns of a table that this file has, in the order of the record."""
        there = {row[1] for row in self._connection.execute(f"PRAGMA table_info({table.name})")}
        return [name for name in table.columns if name in there]

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            with store_errors(self.path):
                yield
        except (ValueError, TypeError, KeyError, json.JSONDecodeError) as error:
            raise StoreError(
                f"{self.path}: its contents are damaged ({error}); restore it from a backup"
            ) from error
