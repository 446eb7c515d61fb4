"""What the engine was told <-> rows of ``input`` and ``imu_block``, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rascue.core.events import AudioStatus, EngineInput, Tick
from rascue.core.faults import Fault
from rascue.core.types import BlockFlag, Command, EngineNs, Frame, ImuBlock
from rascue.store.codec import ColumnValue, from_column, from_json, to_column, to_json

_TICK, _IMU = "tick", "imu"
_JSON_KINDS: dict[str, type[AudioStatus | Command | Fault]] = {
    "audio": AudioStatus,
    "command": Command,
    "fault": Fault,
}
_KIND_OF = {kind: name for name, kind in _JSON_KINDS.items()}

INSERT_INPUT = "INSERT INTO input VALUES (?, ?, ?, ?)"
INSERT_BLOCK = "INSERT INTO imu_block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SELECT_INPUTS = """
    SELECT input.seq, at_ns, kind, payload,
           source_id, imu_block.seq, t_ns, acc_mps2, gyr_dps, frame, flags, time_sd_s
    FROM input LEFT JOIN imu_block ON imu_block.input_seq = input.seq
    WHERE input.seq <= ? ORDER BY input.seq
"""

_AXES = 3


@dataclass(frozen=True, slots=True)
class InputRow:
    """The row of ``input`` without its ``seq``, and that of ``imu_block`` for samples.

    ``at_ns`` is the instant of the last sample of a block, and of anything else its own.
    """

    at_ns: EngineNs
    kind: str
    payload: str | None
    block: tuple[ColumnValue, ...] | None


def input_row(given: EngineInput) -> InputRow:
    """Return what is stored of one input."""
    if isinstance(given, Tick):
        return InputRow(given.at_ns, _TICK, None, None)
    if isinstance(given, ImuBlock):
        return InputRow(given.last_ns, _IMU, None, _block_columns(given))
    return InputRow(given.at_ns, _KIND_OF[type(given)], to_json(given), None)


def input_from_row(row: tuple[ColumnValue, ...]) -> EngineInput:
    """Return the input of one row of ``SELECT_INPUTS``.

    Raises
    ------
    ValueError, TypeError, KeyError
        When the row does not hold what its kind says.
    """
    _, at_ns, kind, payload, *block = row
    if kind == _TICK:
        return Tick(from_column(EngineNs, at_ns))
    if kind == _IMU:
        return _block(block)
    return from_json(_JSON_KINDS[str(kind)], str(payload))


def _block_columns(block: ImuBlock) -> tuple[ColumnValue, ...]:
    return (
        to_column(block.source_id),
        to_column(block.seq),
        block.t_ns.astype("<i8", copy=False).tobytes(),
        block.acc_mps2.astype("<f4", copy=False).tobytes(),
        block.gyr_dps.astype("<f4", copy=False).tobytes(),
        block.frame.value,
        int(block.flags),
        to_column(block.time_sd_s),
    )


def _block(columns: list[ColumnValue]) -> ImuBlock:
    source_id, seq, t_ns, acc, gyr, frame, flags, time_sd_s = columns
    return ImuBlock(
        source_id=str(source_id),
        seq=from_column(int, seq),
        t_ns=np.frombuffer(_bytes(t_ns), "<i8"),
        acc_mps2=np.frombuffer(_bytes(acc), "<f4").reshape(-1, _AXES),
        gyr_dps=np.frombuffer(_bytes(gyr), "<f4").reshape(-1, _AXES),
        frame=from_column(Frame, frame),
        flags=BlockFlag(from_column(int, flags)),
        time_sd_s=from_column(float, time_sd_s),
    )


def _bytes(column: ColumnValue) -> bytes:
    if not isinstance(column, bytes):
        raise TypeError("samples are missing")
    return column
