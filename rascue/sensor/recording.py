"""A recorded walk as a table of samples, whatever file it came from.

What a file cannot be trusted with is refused in one line (``RecordingError``); what can be left
out safely is left out, marked as a gap and told in ``Recording.warnings``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.core.errors import RecordingError
from rascue.core.types import BlockFlag, Frame, ImuBlock, Placement, SourceInfo
from rascue.sensor.recording_checks import (
    check_acc_units,
    check_gyr_units,
    check_rate,
    check_time,
    gaps,
    sample_times_ns,
    without_unusable,
)
from rascue.sensor.recording_csv import read_csv
from rascue.sensor.recording_npz import read_npz
from rascue.sensor.recording_table import SampleTable

_READERS = {".npz": read_npz, ".csv": read_csv}


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Samples of one sensor, checked.

    Parameters
    ----------
    info
        What the file says about the sensor; the description is the file's name.
    t_ns
        int64 (n,), ns from the first sample, strictly increasing, n >= 2.
    acc_mps2
        float32 (n, 3), specific force, finite.
    gyr_dps
        float32 (n, 3), finite; (0, 3) without a gyroscope.
    gap_before
        bool (n,), True where samples are missing just before this one.
    warnings
        One line each for what was left out or looks odd; empty for a clean file.
    """

    info: SourceInfo
    t_ns: NDArray[np.int64]
    acc_mps2: NDArray[np.float32]
    gyr_dps: NDArray[np.float32]
    gap_before: NDArray[np.bool_]
    frame: Frame = Frame.SENSOR
    warnings: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Time from the first to the last sample, s."""
        return float(self.t_ns[-1] - self.t_ns[0]) / 1e9


def load_recording(path: Path, placement: Placement | None = None) -> Recording:
    """Read and check a recording.

    Parameters
    ----------
    path
        ``.npz`` with the keys ``t`` (s), ``acc`` (m/s2) and, if known, ``fs`` (samples per s),
        ``gyr`` (rad/s), ``location`` and ``sides``; or ``.csv`` with the header
        ``t,ax,ay,az,gx,gy,gz`` in s, m/s2 and deg/s, where the last three may be absent.
    placement
        Where the sensor was worn, if it is known better than the file says.

    Raises
    ------
    RecordingError
        One line: the file, the place in it, what is wrong, and what to do.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise RecordingError(
            f"{path}: recordings are .npz or .csv files; convert it, or correct the name"
        )
    if not path.is_file():
        raise RecordingError(f"{path}: there is no such file; check the name")
    return _checked(reader(path), placement)


def recording_of_blocks(info: SourceInfo, blocks: Iterable[ImuBlock]) -> Recording:
    """Return the samples that blocks of one source carried, for example those of a stored session.

    Raises
    ------
    RecordingError
        When there are fewer than two samples.
    """
    parts = list(blocks)
    t_ns = np.concatenate([block.t_ns for block in parts]) if parts else np.empty(0, np.int64)
    if len(t_ns) < 2:  # noqa: PLR2004 - an interval needs two
        raise RecordingError(f"{info.description}: holds no samples of {info.source_id}")
    gap_before = np.zeros(len(t_ns), np.bool_)
    starts = np.cumsum([0] + [block.n for block in parts[:-1]])
    gap_before[starts] = [bool(block.flags & BlockFlag.GAP_BEFORE) for block in parts]
    gap_before[0] = False
    return Recording(
        info=info,
        t_ns=t_ns - t_ns[0],
        acc_mps2=np.concatenate([block.acc_mps2 for block in parts]),
        gyr_dps=np.concatenate([block.gyr_dps for block in parts]),
        gap_before=gap_before,
        frame=parts[0].frame,
    )


def _checked(table: SampleTable, placement: Placement | None) -> Recording:
    check_time(table)
    rate_hz = check_rate(table)
    check_acc_units(table)
    doubts = check_gyr_units(table)
    placement = placement or table.placement
    if placement is Placement.UNKNOWN:
        doubts += ("where the sensor was worn is not known; name the placement if you know it",)
    t_ns = sample_times_ns(table)
    kept, note = without_unusable(table)
    gap_before, gap_note = gaps(t_ns[kept], rate_hz)
    has_gyro = len(table.gyr_dps) > 0
    return Recording(
        info=SourceInfo(
            source_id=placement.value,
            placement=placement,
            rate_hz=rate_hz,
            has_gyro=has_gyro,
            description=f"recording {table.path.name}",
        ),
        t_ns=t_ns[kept] - t_ns[kept][0],
        acc_mps2=table.acc_mps2[kept].astype(np.float32),
        gyr_dps=table.gyr_dps[kept if has_gyro else slice(0)].astype(np.float32),
        gap_before=gap_before,
        warnings=table.warnings + doubts + note + gap_note,
    )
