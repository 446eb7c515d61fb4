"""What a person may set about any sound output."""

from __future__ import annotations

from dataclasses import dataclass

from rascue.audio.measured import MeasuredLatency
from rascue.audio.measured_level import MeasuredLevel
from rascue.audio.song_reader import SongShelf


@dataclass(frozen=True, slots=True)
class AudioOutSettings:
    """Settings of one sound output.

    Parameters
    ----------
    rate_hz
        Frames per second of the stream.
    block_frames
        Frames the device asks for at a time; smaller is sooner, larger survives a busier computer.
    buffered_blocks
        Blocks that wait between mixer and converter; more survive longer stalls of the computer,
        and make a stop so much later.
    latency_s
        Time from a frame leaving the mixer to sound, s; None takes what was measured with the
        device, and else the driver's word.
    latency_sd_s
        Spread of that calibration, s; None when it was not measured.
    level_max_dbfs
        No sample leaves the mixer above this peak level, dB re full scale (R2).
    measured
        Latencies found by ``rascue calibrate``.
    level_offset_db
        Level at the ear, dB(A), minus level in the stream, dBFS; None takes what was measured with
        the device, if anything was.
    levels
        Levels found by ``rascue calibrate --level``.
    songs
        The patients' own songs; None where there are none.
    """

    rate_hz: int = 48_000
    # 256 frames are 5.3 ms. Source: AUDIO.md section 1, starting value for a Raspberry Pi 4 or 5.
    block_frames: int = 256
    # Source: AUDIO.md section 1, starting value for a Raspberry Pi.
    buffered_blocks: int = 3
    latency_s: float | None = None
    latency_sd_s: float | None = None
    # Default, not evidence; the hard limit in core.limits is the same.
    level_max_dbfs: float = -6.0
    measured: tuple[MeasuredLatency, ...] = ()
    level_offset_db: float | None = None
    levels: tuple[MeasuredLevel, ...] = ()
    songs: SongShelf | None = None
