"""Reads recordings in NumPy's ``.npz``: t (s), acc (m/s2), gyr (rad/s!), fs, location, sides."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.core.errors import RecordingError
from rascue.core.types import Placement
from rascue.sensor.recording_table import SampleTable

Arrays = dict[str, NDArray[Any]]

_NEEDED = ("t", "acc")
_OPTIONAL = ("fs", "gyr", "location", "sides")
_AXES = 3

_PLACEMENTS = {
    "left_foot": Placement.LEFT_FOOT,
    "right_foot": Placement.RIGHT_FOOT,
    "left_shank": Placement.LEFT_SHANK,
    "right_shank": Placement.RIGHT_SHANK,
    "lower_back": Placement.LOWER_BACK,
    "trunk": Placement.LOWER_BACK,
    "thigh": Placement.THIGH,
    "pocket": Placement.POCKET,
    "front_pocket": Placement.POCKET,
    "back_pocket": Placement.POCKET,
    # Hangs in front of the body and sees both feet, as a pocket does.
    "neck_pouch": Placement.POCKET,
}
_SHANKS = {"L": Placement.LEFT_SHANK, "R": Placement.RIGHT_SHANK}

# What numpy, zipfile and zlib raise for damaged files; NotImplementedError is zipfile's word for a
# kind of compression or encryption that it cannot read.
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy and zipfile raise over damaged contents; none of it is documented."""


def read_npz(path: Path) -> SampleTable:
    """Read the columns; nothing is unpickled.

    Raises
    ------
    RecordingError
        When the file is damaged, a key is missing, or an array has the wrong shape or kind.
    """
    arrays = _arrays(path)
    acc = _three_columns(path, "acc", arrays["acc"])
    t_s = _numbers(path, "t", arrays["t"])
    if t_s.shape != (len(acc),):
        raise RecordingError(
            f"{path}: t has the shape {t_s.shape}, acc {acc.shape}; each needs one row a sample"
        )
    gyr = _three_columns(path, "gyr", arrays.get("gyr", np.empty((0, _AXES))))
    if len(gyr) not in (0, len(acc)):
        raise RecordingError(f"{path}: gyr has {len(gyr)} rows, acc {len(acc)}; make them equal")
    return SampleTable(
        path=path,
        t_s=t_s,
        acc_mps2=acc,
        gyr_dps=np.degrees(gyr),
        placement=_placement(_text(arrays, "location"), _text(arrays, "sides")),
        rate_hz=_rate_hz(path, arrays),
        gyr_unit="rad/s",
    )


def _arrays(path: Path) -> Arrays:
    try:
        with path.open("rb") as file:
            found = _known_keys(np.load(file, allow_pickle=False))
    except _UNREADABLE as error:
        raise RecordingError(f"{path}: {_why_unreadable(path, error)}") from error
    if found is None:
        raise RecordingError(f"{path}: is one bare array; save it with the keys t and acc")
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise RecordingError(
            f"{path}: has no {' and no '.join(missing)}; a recording needs the keys t (s) and "
            "acc (m/s2)"
        )
    return found


def _known_keys(loaded: Any) -> Arrays | None:
    """Return the arrays we know; None when the file holds one array without a key."""
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        return None
    with loaded:
        return {name: loaded[name] for name in (*_NEEDED, *_OPTIONAL) if name in loaded.files}


def _why_unreadable(path: Path, error: Exception) -> str:
    if path.stat().st_size == 0:
        return "is empty; copy it again"
    if "pickle" in str(error).lower() and zipfile.is_zipfile(path):
        return "holds Python objects, which are not read for safety; save plain arrays"
    return "is damaged or not an .npz file; copy it again"


def _numbers(path: Path, name: str, values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind not in "fiu":
        raise RecordingError(f"{path}: {name} does not hold numbers but {values.dtype}")
    return values.astype(np.float64)


def _three_columns(path: Path, name: str, values: NDArray[Any]) -> NDArray[np.float64]:
    if values.ndim != 2 or values.shape[1] != _AXES:  # noqa: PLR2004 - rows and columns
        raise RecordingError(f"{path}: {name} has the shape {values.shape}; it must be (N, 3)")
    return _numbers(path, name, values)


def _rate_hz(path: Path, arrays: Arrays) -> float | None:
    if "fs" not in arrays:
        return None
    stated = _numbers(path, "fs", arrays["fs"])
    if stated.size != 1 or not np.isfinite(stated).all() or stated.item() <= 0:
        raise RecordingError(f"{path}: fs must be one number above 0 (samples per second)")
    return float(stated.item())


def _text(arrays: Arrays, name: str) -> str:
    values = arrays.get(name)
    return str(values.item()) if values is not None and values.size == 1 else ""


def _placement(location: str, sides: str) -> Placement:
    if location == "ankle" and sides in _SHANKS:
        return _SHANKS[sides]
    return _PLACEMENTS.get(location, Placement.UNKNOWN)
