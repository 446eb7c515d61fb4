"""What lies on the disk for one song, written by the maker, read by the engine and the pages.

``songs/ID/song.json`` describes it and is written last; ``v0880.s16`` and so on are its versions,
mono, 16 bits, little-endian; ``beats-1.json`` and so on its beat maps, of which none is ever
changed; ``other.json`` names one that fits almost as well, where the choice was close. A
folder without ``song.json`` is not ready.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rascue.core.errors import StoreError
from rascue.songs.beat_map import BeatMap
from rascue.songs.name import NEWEST

SONGS_FOLDER = "songs"
FORMAT = 1
RATE_HZ = 48_000
BLOCK_SAMPLES = 48_000
"""Samples that share one checksum and are read at once."""

OTHER = "other.json"
SAMPLE_BYTES = 2
LISTED_POINTS = 2000
"""Points of the outline that is drawn."""


@dataclass(frozen=True, slots=True)
class Version:
    """One tempo; ``checksums`` has the CRC-32 of each block."""

    factor: float
    samples: int
    checksums: tuple[int, ...]

    @property
    def file_name(self) -> str:
        """Name within the song's folder."""
        return f"v{round(self.factor * 1000):04d}.s16"


@dataclass(frozen=True, slots=True)
class SongFile:
    """A song that is ready.

    Parameters
    ----------
    samples
        Length of the song itself, samples at ``RATE_HZ``.
    attacks
        Where versions are copied as they are (``time_line.apart``).
    outline
        Largest sample of each of ``LISTED_POINTS`` equal parts, 0..1, for a picture.
    """

    samples: int
    attacks: tuple[int, ...]
    versions: tuple[Version, ...]
    outline: tuple[float, ...]

    @property
    def length_s(self) -> float:
        """Length, s."""
        return self.samples / RATE_HZ


def song_folder(data_dir: Path, song_id: str) -> Path:
    """Return the folder of a song."""
    return data_dir / SONGS_FOLDER / song_id


def write_atomically(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all, whenever power is cut."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_song(folder: Path, song: SongFile) -> None:
    """Say that the song is ready."""
    write_atomically(folder / "song.json", json.dumps({"format": FORMAT, **asdict(song)}))


def read_song(folder: Path) -> SongFile:
    """Return what is known of a song that is ready.

    Raises
    ------
    StoreError
        When it is not there, or its description is damaged or newer.
    """
    table = _table(folder / "song.json")
    try:
        if table["format"] != FORMAT:
            raise StoreError(f"{folder.name}: was prepared by another rascue; prepare it again")
        versions = tuple(
            Version(float(one["factor"]), int(one["samples"]), tuple(one["checksums"]))
            for one in table["versions"]
        )
        return SongFile(
            int(table["samples"]), tuple(table["attacks"]), versions, tuple(table["outline"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{folder.name}: its description is damaged; prepare it again") from error


def revisions(folder: Path) -> list[int]:
    """Return the numbers of all beat maps, the oldest first."""
    names = (re.fullmatch(r"beats-(\d{1,6})\.json", path.name) for path in folder.glob("beats-*"))
    return sorted(int(name[1]) for name in names if name)


def add_beats(folder: Path, beats: BeatMap) -> int:
    """Keep a beat map; return its number."""
    number = max(revisions(folder), default=0) + 1
    write_atomically(folder / f"beats-{number}.json", json.dumps({"beats_s": beats.beats_s}))
    return number


def add_other(folder: Path, beats: BeatMap) -> None:
    """Keep a second beat map that fits the song almost as well as the one in force."""
    number = add_beats(folder, beats)
    write_atomically(folder / OTHER, json.dumps({"revision": number}))


def other_revision(folder: Path) -> int | None:
    """Return the number of the map that fits almost as well; None when the choice was clear."""
    try:
        number = _table(folder / OTHER).get("revision")
    except StoreError:
        return None
    return number if isinstance(number, int) else None


def read_beats(folder: Path, revision: int = NEWEST) -> BeatMap:
    """Return a beat map.

    Raises
    ------
    StoreError
        When it is not there, or damaged.
    """
    number = revision or max(revisions(folder), default=0)
    try:
        return BeatMap(tuple(map(float, _table(folder / f"beats-{number}.json")["beats_s"])))
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{folder.name}: beat map {number} is damaged") from error


def _table(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path.parent.name}: {path.name} is missing") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path.parent.name}: {path.name} cannot be read") from error
    return table if isinstance(table, dict) else {}
