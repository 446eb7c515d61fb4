"""The tables of a session file.

``meta`` holds the header and the configuration, ``input`` and ``imu_block`` all that the engine
was told, and one table per kind of record all that it stated. Column names are the field names
of ``core.types`` and so carry their units. Everything is append-only:

* ``input.seq`` counts what the engine was told, from 0;
* ``<table>.seq`` counts what the engine stated, from 0, across all tables;
* ``<table>.input_seq`` is the input that led to the statement.

Numbers stand in columns of type ANY, the only one that returns every float64 bit for bit. The one
value SQLite has no place for, NaN, is the text ``nan``; NULL means "not known".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import get_type_hints

from rascue.core.events import Record
from rascue.core.faults import Fault
from rascue.core.types import (
    ActivityChange,
    Beat,
    CadenceEstimate,
    CueDecision,
    FinalContactEvent,
    GaitFlag,
    Note,
    PlayedBeat,
    SensorHealth,
    SoundDose,
    StepEvent,
    StepRefined,
    StrideRecord,
    StrideTravel,
)
from rascue.store.codec import column_type

SCHEMA_VERSION = 4
"""1: the first; 2: what ears had, how full music was; 3: signs of trouble, how far strides went,
double support; 4: the error of a stride's length. A new version only adds tables and columns, so
that an old file is read like a new one in which these are not known."""

TABLES: Mapping[str, type[Record]] = MappingProxyType(
    {
        "step": StepEvent,
        "step_refined": StepRefined,
        "final_contact": FinalContactEvent,
        "activity": ActivityChange,
        "sensor_health": SensorHealth,
        "gait_flag": GaitFlag,
        "cadence": CadenceEstimate,
        "stride": StrideRecord,
        "stride_travel": StrideTravel,
        "decision": CueDecision,
        "beat": Beat,
        "played_beat": PlayedBeat,
        "sound_dose": SoundDose,
        "fault": Fault,
        "note": Note,
    }
)
"""Table -> the record it holds, one row each."""

_FIXED_TABLES = """
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE input (
    seq     INTEGER PRIMARY KEY,
    at_ns   INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    payload TEXT
) STRICT;

CREATE TABLE imu_block (
    input_seq INTEGER PRIMARY KEY REFERENCES input (seq),
    source_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    t_ns      BLOB NOT NULL,
    acc_mps2  BLOB NOT NULL,
    gyr_dps   BLOB NOT NULL,
    frame     TEXT NOT NULL,
    flags     INTEGER NOT NULL,
    time_sd_s ANY
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class RecordTable:
    """How one kind of record is stored.

    Parameters
    ----------
    columns
        Field names of the record, in order; ``seq`` and ``input_seq`` come before them.
    """

    name: str
    record: type[Record]
    columns: tuple[str, ...]

    @property
    def insert(self) -> str:
        """Statement that adds one row: seq, input_seq, then the columns."""
        places = ", ".join("?" * (len(self.columns) + 2))
        return f"INSERT INTO {self.name} VALUES ({places})"  # noqa: S608 - names are ours

    def select(self, columns: Sequence[str]) -> str:
        """Return what reads rows up to an input, in order: seq, input_seq, then the columns."""
        names = ", ".join(f'"{name}"' for name in ("seq", "input_seq", *columns))
        return f"SELECT {names} FROM {self.name} WHERE input_seq <= ? ORDER BY seq"  # noqa: S608


RECORD_TABLES: Mapping[type, RecordTable] = MappingProxyType(
    {
        record: RecordTable(name, record, tuple(item.name for item in fields(record)))
        for name, record in TABLES.items()
    }
)


def schema_sql() -> str:
    """Return the statements that create all tables."""
    return _FIXED_TABLES + "\n".join(_create_statement(table) for table in RECORD_TABLES.values())


def _create_statement(table: RecordTable) -> str:
    hints = get_type_hints(table.record)
    columns = [
        "seq INTEGER PRIMARY KEY",
        "input_seq INTEGER NOT NULL REFERENCES input (seq)",
        *(f'"{name}" {column_type(hints[name])}' for name in table.columns),
    ]
    return f"CREATE TABLE {table.name} (\n    " + ",\n    ".join(columns) + "\n) STRICT;\n"
