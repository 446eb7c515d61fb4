"""Latencies that were measured, kept in a file: one for each device, rate and block size.

A measured latency holds for exactly what it was measured with; with another block size it is not
used (AUDIO.md section 5, 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rascue.audio.kept_entries import read_entries, write_entries

IQR_OF_NORMAL_SD = 1.349
"""Interquartile range of a normal distribution, in standard deviations."""

FILE_NAME = "latencies.toml"

HEAD = "# Written by `rascue calibrate`; delete an entry to take the driver's word again.\n"


@dataclass(frozen=True, slots=True)
class MeasuredLatency:
    """What a calibration found, and what it holds for.

    Parameters
    ----------
    device
        Name of the device as the output states it.
    rate_hz, block_frames
        Format of the stream it was measured with.
    method
        "microphone" or "sensor".
    latency_s, iqr_s
        Median, and interquartile range, of the time from mixer to listener, s.
    """

    device: str
    rate_hz: int
    block_frames: int
    method: str
    latency_s: float
    iqr_s: float

    @property
    def sd_s(self) -> float:
        """Standard deviation that goes with the interquartile range, s."""
        return self.iqr_s / IQR_OF_NORMAL_SD

    def holds_for(self, device: str, rate_hz: int, block_frames: int) -> bool:
        """Return whether it was measured with exactly this device and format."""
        return (self.device, self.rate_hz, self.block_frames) == (device, rate_hz, block_frames)


def find_measured(
    measured: Sequence[MeasuredLatency], device: str, rate_hz: int, block_frames: int
) -> MeasuredLatency | None:
    """Return the latency measured with this device and format, or None."""
    return next((m for m in measured if m.holds_for(device, rate_hz, block_frames)), None)


def read_measured(path: Path) -> tuple[MeasuredLatency, ...]:
    """Return what the file holds; nothing when there is no file.

    Raises
    ------
    RascueError
        One line, when the file is damaged.
    """
    return read_entries(path, "latency", _measured, "rascue calibrate")


def remember_measured(path: Path, new: MeasuredLatency) -> None:
    """Write a latency into the file, in place of an older one for the same device and format."""
    format_ = (new.device, new.rate_hz, new.block_frames)
    others = [m for m in read_measured(path) if not m.holds_for(*format_)]
    write_entries(path, HEAD, "latency", [*others, new])


def _measured(row: dict[str, Any]) -> MeasuredLatency:
    if row.keys() != {field.name for field in fields(MeasuredLatency)}:
        raise KeyError("an entry has other keys than expected")
    return MeasuredLatency(
        str(row["device"]),
        int(row["rate_hz"]),
        int(row["block_frames"]),
        str(row["method"]),
        float(row["latency_s"]),
        float(row["iqr_s"]),
    )
