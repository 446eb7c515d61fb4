"""How loud an output is at the ear, as somebody measured it; kept in a file, one for each device.

It holds for one setting of the amplifier and one pair of headphones, which the device cannot know:
whoever turns the knob measures again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rascue.audio.calibration_noise import NOISE_DBFS
from rascue.audio.kept_entries import read_entries, write_entries
from rascue.core.errors import WrongUse

FILE_NAME = "levels.toml"
HEAD = "# Written by `rascue calibrate --level`; delete an entry of an old amplifier.\n"

SOFTEST_DBA, LOUDEST_DBA = 30.0, 110.0
"""Readings outside are a slip of the pen: a quiet room, and the pain of the person who measures."""


@dataclass(frozen=True, slots=True)
class MeasuredLevel:
    """What a sound level meter at the ear said.

    Parameters
    ----------
    device
        Name of the device as the output states it.
    offset_db
        Level at the ear, dB(A), minus level in the stream, dBFS.
    """

    device: str
    offset_db: float


def level_from_reading(device: str, reading_dba: float) -> MeasuredLevel:
    """Return what a reading means while the calibration noise plays.

    Raises
    ------
    WrongUse
        When the reading cannot be right.
    """
    if not SOFTEST_DBA <= reading_dba <= LOUDEST_DBA:
        raise WrongUse(
            f"--level {reading_dba:g}: a meter at the ear reads between {SOFTEST_DBA:g} and "
            f"{LOUDEST_DBA:g} dB(A); hold it closer, or turn the amplifier"
        )
    return MeasuredLevel(device, reading_dba - NOISE_DBFS)


def offset_of(levels: Sequence[MeasuredLevel], device: str) -> float | None:
    """Return the offset of a device, dB; None when nobody has measured it."""
    return next((level.offset_db for level in levels if level.device == device), None)


def read_levels(path: Path) -> tuple[MeasuredLevel, ...]:
    """Return what the file holds; nothing when there is no file.

    Raises
    ------
    RascueError
        One line, when the file is damaged.
    """
    return read_entries(path, "level", _level, "rascue calibrate --level")


def remember_level(path: Path, new: MeasuredLevel) -> None:
    """Write a level into the file, in place of an older one of the same device."""
    others = [level for level in read_levels(path) if level.device != new.device]
    write_entries(path, HEAD, "level", [*others, new])


def _level(row: dict[str, Any]) -> MeasuredLevel:
    return MeasuredLevel(str(row["device"]), float(row["offset_db"]))
