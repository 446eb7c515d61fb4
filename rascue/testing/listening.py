"""Renders the examples of docs/listening.md: each sound and style as OGG, with a picture.

Usage: python -m rascue.testing.listening FOLDER. What is heard goes through the mixer as in a
session; only the file format is added by ``soundfile``.
"""

from __future__ import annotations

import struct
import sys
import zlib
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.audio.base import ScheduledSound
from rascue.audio.catalog import CATALOG, is_music
from rascue.audio.cue_player import CuePlayer
from rascue.audio.music.styles import STYLES
from rascue.core.types import DacFrame

RATE_HZ = 48_000
LEVEL_DBFS = -12.0
LIMIT_DBFS = -6.0
BEATS_OF_CUE, BEATS_OF_MUSIC = 8, 32
SLOW_SPM, FAST_SPM = 95.0, 120.0
"""The examples speed up evenly, as a session may."""

TAIL_S = 1.0
BLOCK = 4096

WIDTH, WAVE_HEIGHT, SPECTRUM_HEIGHT = 800, 100, 200
WINDOW = 2048
HIGHEST_HZ = 12_000.0
DARKEST_DB = -90.0


def rendered(name: str) -> NDArray[np.float32]:
    """Return an example, (n, 2): faster and, for music, fuller from beat to beat."""
    n = BEATS_OF_MUSIC if is_music(name) else BEATS_OF_CUE
    intervals_s = 60.0 / np.linspace(SLOW_SPM, FAST_SPM, n)
    player = CuePlayer(RATE_HZ, 2, LIMIT_DBFS)
    blocks = []
    frame = RATE_HZ // 10
    for index, interval_s in enumerate(intervals_s.tolist()):
        accent = name not in STYLES and index % 4 == 0
        fullness = index / (n - 1) if is_music(name) else 1.0
        at = DacFrame(frame)
        player.schedule(ScheduledSound(index, at, name, accent, LEVEL_DBFS, interval_s, fullness))
        frame += round(interval_s * RATE_HZ)
        while player.mixer.frame < at:
            blocks.append(player.mixer.render(min(BLOCK, at - player.mixer.frame)))
        player.outcomes()
    blocks.append(player.mixer.render(frame + round(TAIL_S * RATE_HZ) - player.mixer.frame))
    return np.concatenate(blocks)


def picture(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return waveform above spectrogram as gray levels, (height, width); loud is dark."""
    mono = samples.mean(axis=1)
    return np.concatenate([_waveform(mono), _spectrogram(mono)])


def _waveform(mono: NDArray[np.float32]) -> NDArray[np.uint8]:
    parts = np.array_split(mono, WIDTH)
    half = WAVE_HEIGHT // 2
    tops = np.array([np.abs(part).max() for part in parts]) * half / 10 ** (LIMIT_DBFS / 20)
    rows = np.abs(np.arange(WAVE_HEIGHT) - half)[:, None]
    gray: NDArray[np.uint8] = np.where(rows <= tops[None, :], 40, 255).astype(np.uint8)
    return gray


def _spectrogram(mono: NDArray[np.float32]) -> NDArray[np.uint8]:
    padded = np.pad(mono, WINDOW)
    starts = np.linspace(WINDOW // 2, len(mono) + WINDOW // 2, WIDTH).astype(int)
    window = np.hanning(WINDOW)
    power = np.array([np.abs(np.fft.rfft(padded[at : at + WINDOW] * window)) for at in starts])
    rows = np.linspace(HIGHEST_HZ, 0, SPECTRUM_HEIGHT) * WINDOW / RATE_HZ
    level_db = 20 * np.log10(power[:, rows.astype(int)].T / power.max() + 1e-9)
    gray: NDArray[np.uint8] = (255 * np.clip(level_db / DARKEST_DB, 0, 1)).astype(np.uint8)
    return gray


def png(gray: NDArray[np.uint8]) -> bytes:
    """Return a gray picture as a PNG file. Source: PNG specification, W3C, sections 5 and 11."""
    height, width = gray.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), gray], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    chunks = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def write_examples(folder: Path) -> None:
    """Write one OGG and one PNG for each name of the catalog."""
    soundfile = import_module("soundfile")
    folder.mkdir(parents=True, exist_ok=True)
    for name in CATALOG:
        samples = rendered(name)
        soundfile.write(folder / f"{name}.ogg", samples, RATE_HZ, format="OGG", subtype="VORBIS")
        (folder / f"{name}.png").write_bytes(png(picture(samples)))


if __name__ == "__main__":
    write_examples(Path(sys.argv[1]))
