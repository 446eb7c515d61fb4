"""What a person may set about any sound output."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.audio.measured import MeasuredLatency


class Sides(StrEnum):
    """How the beats of the two sides differ; which side begins is not known to the sound.

    Off by default: that it helps gait is not shown, and one ear may be the worse one.
    """

    ALIKE = "alike"
    TIMBRE = "timbre"
    """Every second beat is a whole tone lower."""
    EAR = "ear"
    """Every second beat is in the other ear; a device with one channel plays all alike."""


@dataclass(frozen=True, slots=True)
class AudioOutSettings:
    """Settings of one sound output.

    Parameters
    ----------
    rate_hz
        Frames per second of the stream.
    block_frames
        Frames the device asks for at a time; smaller is sooner, larger survives a busier computer.
    latency_s
        Time from a frame leaving the mixer to sound, s; None takes what was measured with the
        device, and else the driver's word.
    latency_sd_s
        Spread of that calibration, s; None when it was not measured.
    level_max_dbfs
        No sample leaves the mixer above this peak level, dB re full scale (R2).
    measured
        Latencies found by ``rascue calibrate``.
    sides
        How beats with even and odd numbers differ.
    """

    rate_hz: int = 48_000
    # 256 frames are 5.3 ms. Source: AUDIO.md section 1, starting value for a Raspberry Pi 4 or 5.
    block_frames: int = 256
    latency_s: float | None = None
    latency_sd_s: float | None = None
    # Default, not evidence; the hard limit in core.limits is the same.
    level_max_dbfs: float = -6.0
    measured: tuple[MeasuredLatency, ...] = ()
    sides: Sides = Sides.ALIKE
