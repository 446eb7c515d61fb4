"""A file from anywhere -> the song, mono, at the rate of the versions."""

from __future__ import annotations

from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from rascue.core.errors import RecordingError
from rascue.songs.shelf import RATE_HZ

SHORTEST_S, LONGEST_S = 20.0, 600.0
"""A shorter one would repeat at once, a longer one fills the disk (75 MB a minute): default."""

SILENT = 1e-3
FORMATS = frozenset({"WAV", "WAVEX", "FLAC", "OGG", "MP3", "MPEG", "RF64"})


def read_song_file(path: Path) -> NDArray[np.float32]:
    """Return the samples, (n,), peak 1.

    Raises
    ------
    RecordingError
        With one line for a person: no sound file, too short, too long, silent, damaged.
    """
    try:
        with soundfile.SoundFile(str(path)) as file:
            if file.format not in FORMATS:
                raise RecordingError(f"{file.format} is not supported; use WAV, FLAC, Ogg or MP3.")
            _check_length(file.frames / file.samplerate)
            rate_hz = file.samplerate
            sound = file.read(dtype="float32", always_2d=True)
    except (RuntimeError, OSError):
        raise RecordingError(
            "This is not a sound file that can be read; use WAV, FLAC, Ogg or MP3."
        ) from None
    mono = np.nan_to_num(sound.mean(axis=1, dtype=np.float32))
    if rate_hz != RATE_HZ:
        common = gcd(RATE_HZ, rate_hz)
        mono = signal.resample_poly(mono, RATE_HZ // common, rate_hz // common).astype(np.float32)
    _check_length(len(mono) / RATE_HZ)
    peak = float(np.abs(mono).max())
    if peak < SILENT:
        raise RecordingError("The file is silent.")
    song: NDArray[np.float32] = mono / np.float32(peak)
    return song


def _check_length(length_s: float) -> None:
    if length_s < SHORTEST_S:
        raise RecordingError(f"The song is too short: {length_s:.0f} s, at least {SHORTEST_S:.0f}.")
    if length_s > LONGEST_S:
        raise RecordingError(
            f"The song is too long: {length_s / 60:.0f} min, at most {LONGEST_S / 60:.0f}."
        )
