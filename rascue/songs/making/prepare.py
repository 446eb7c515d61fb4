"""Prepares one song: reads it, finds its beats, writes its versions. Runs in its own process.

What is ready stays: a run that was killed, by a person or a power cut, is simply run again.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rascue.core.errors import RecordingError
from rascue.songs.beat_map import LEAST_BEATS, BeatMap
from rascue.songs.finding.beats import Beats, beats_of
from rascue.songs.finding.onsets import attacks, onsets_of
from rascue.songs.finding.steadiness import refusal, steadiness_of
from rascue.songs.making.read import read_song_file
from rascue.songs.making.stretch import stretched
from rascue.songs.shelf import (
    BLOCK_SAMPLES,
    LISTED_POINTS,
    RATE_HZ,
    SAMPLE_BYTES,
    SongFile,
    Version,
    add_beats,
    add_other,
    revisions,
    write_atomically,
    write_song,
)
from rascue.songs.time_line import FACTORS, apart

UPLOAD = "upload"
SHARED = "song.npy"
PROGRESS = "progress.json"
HEADROOM = 0.89
"""Peak of the versions, so that a stretched peak, at most 1 dB higher, does not clip."""

INT16_MAX = 32767
PROCESSES = 2
PROGRESS_EVERY_S = 0.5
READ_SHARE, BEATS_SHARE = 0.05, 0.15
"""Parts of the progress bar."""

Say = Callable[[float, str], None]


def prepare(folder: Path, say: Say) -> None:
    """Make the song in ``folder`` ready; its sound file is called ``upload``.

    Parameters
    ----------
    say
        Told the share that is done, 0..1, and what is being done.

    Raises
    ------
    RecordingError
        With one line for a person: the file cannot be used, or the song not be walked to.
    """
    say(0.0, "reading the file")
    song = read_song_file(folder / UPLOAD)
    say(READ_SHARE, "finding the beats")
    found = find_beats(song)
    if not revisions(folder):
        add_beats(folder, found.beats)
        if found.other is not None:
            add_other(folder, found.other)
    kept = apart(found.attacks)
    versions = _write_versions(folder, song, kept, say)
    outline = np.array([np.abs(part).max() for part in np.array_split(song, LISTED_POINTS)])
    write_song(
        folder,
        SongFile(
            samples=len(song),
            attacks=tuple(kept.tolist()),
            versions=versions,
            outline=tuple(np.round(outline, 3).tolist()),
        ),
    )
    (folder / UPLOAD).unlink()
    say(1.0, "ready")


@dataclass(frozen=True, slots=True)
class FoundMap:
    """What was found in a song.

    Parameters
    ----------
    attacks
        Samples at which something begins clearly, the strongest first.
    other
        What else might be the beats, where the choice was close; else None.
    """

    beats: BeatMap
    attacks: NDArray[np.int64]
    other: BeatMap | None


def find_beats(song: NDArray[np.float32]) -> FoundMap:
    """Return the beats of a song.

    Raises
    ------
    RecordingError
        When the song cannot be walked to; the line says why.
    """
    onsets = onsets_of(song, RATE_HZ)
    found = beats_of(onsets)
    steady = steadiness_of(found.beats, onsets.coarse)
    reason = refusal(found.beats, steady)
    if reason:
        raise RecordingError(reason)
    other = _map(found.other) if found.is_close and len(found.other) >= LEAST_BEATS else None
    return FoundMap(_map(found.beats), attacks(onsets, RATE_HZ), other)


def _map(beats: Beats) -> BeatMap:
    return BeatMap(tuple(np.round(beats, 5).tolist()))


def _write_versions(
    folder: Path, song: NDArray[np.float32], kept: NDArray[np.int64], say: Say
) -> tuple[Version, ...]:
    """Write all versions, in two processes."""
    shared = folder / SHARED
    np.save(shared, song)
    whole = sum(round(len(song) / factor) for factor in FACTORS) * SAMPLE_BYTES
    groups = [FACTORS[k::PROCESSES] for k in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        jobs = [pool.submit(write_group, folder, group, kept) for group in groups]
        while wait(jobs, PROGRESS_EVERY_S).not_done:
            written = sum(path.stat().st_size for path in folder.glob("v*.s16"))
            say(BEATS_SHARE + (1 - BEATS_SHARE) * min(written / whole, 1.0), "changing the tempo")
        versions = [version for job in jobs for version in job.result()]
    shared.unlink()
    return tuple(sorted(versions, key=lambda one: one.factor))


def write_group(folder: Path, factors: tuple[float, ...], kept: NDArray[np.int64]) -> list[Version]:
    """Write some versions of the song; runs in a process of its own."""
    song = np.load(folder / SHARED)
    with ExitStack() as stack:
        makers = [stack.enter_context(_VersionFile(folder, factor)) for factor in factors]

        def take(pieces: list[NDArray[np.float32]]) -> None:
            for maker, piece in zip(makers, pieces, strict=True):
                maker.add(piece)

        stretched(song, factors, kept, take)
        return [maker.finish() for maker in makers]


class _VersionFile:
    """Writes one version block by block, each with its checksum."""

    def __init__(self, folder: Path, factor: float) -> None:
        self._path = folder / Version(factor, 0, ()).file_name
        self._factor = factor
        self._waiting: list[NDArray[np.float32]] = []
        self._n_waiting = 0
        self._samples = 0
        self._checksums: list[int] = []

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, piece: NDArray[np.float32]) -> None:
        """Take the next samples."""
        self._waiting.append(piece)
        self._n_waiting += len(piece)
        if self._n_waiting >= BLOCK_SAMPLES:
            samples = np.concatenate(self._waiting)
            while len(samples) >= BLOCK_SAMPLES:
                self._write(samples[:BLOCK_SAMPLES])
                samples = samples[BLOCK_SAMPLES:]
            self._waiting, self._n_waiting = [samples], len(samples)

    def finish(self) -> Version:
        """Write the rest, see that it is on the disk, and describe the file."""
        rest = np.concatenate(self._waiting) if self._waiting else np.zeros(0, np.float32)
        if len(rest):
            self._write(rest)
        self._file.flush()
        os.fsync(self._file.fileno())
        return Version(self._factor, self._samples, tuple(self._checksums))

    def _write(self, block: NDArray[np.float32]) -> None:
        coded = np.clip(np.rint(block * (HEADROOM * INT16_MAX)), -INT16_MAX, INT16_MAX)
        data = coded.astype("<i2").tobytes()
        self._file.write(data)
        self._samples += len(block)
        self._checksums.append(zlib.crc32(data))


def main(folder: Path) -> int:
    """Prepare a song and write the progress beside it; 1 when it cannot be used."""

    def say(share: float, doing: str) -> None:
        report = {"share": round(share, 3), "doing": doing, "refusal": ""}
        write_atomically(folder / PROGRESS, json.dumps(report))

    try:
        prepare(folder, say)
    except RecordingError as error:
        report = {"share": 0.0, "doing": "", "refusal": str(error)}
        write_atomically(folder / PROGRESS, json.dumps(report))
        return 1
    except OSError as error:
        report = {"share": 0.0, "doing": "", "refusal": f"The disk refused: {error.strerror}."}
        write_atomically(folder / PROGRESS, json.dumps(report))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
