"""Blocks of a song's versions, from the disk into memory, ahead of the beats that need them.

One thread moves bytes; the engine's main thread only ever takes what is there. Without the thread
(outputs whose time is given from outside) a block is read when it is needed.
"""

from __future__ import annotations

import queue
import threading
import zlib
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.core.errors import StoreError
from rascue.songs.name import SongName
from rascue.songs.shelf import (
    BLOCK_SAMPLES,
    RATE_HZ,
    SAMPLE_BYTES,
    SONGS_FOLDER,
    SongFile,
    Version,
    read_beats,
    read_song,
)
from rascue.songs.time_line import time_line

BLOCKS_KEPT = 96
"""Blocks in memory, 96 kB each: 9 MB."""

SONGS_KEPT = 2
"""Songs open at a time: a programme seldom has more."""

INT16_MAX = 32767

Key = tuple[int, int]
"""Number of the version, number of the block."""


class NotReady(Exception):
    """The samples asked for are not in memory yet."""


class OpenSong:
    """One song with one beat map.

    Parameters
    ----------
    folder
        Folder of the song.
    in_thread
        True: samples that are not there yet raise ``NotReady`` and are read meanwhile.

    Raises
    ------
    StoreError
        When the song is not there or its description is damaged.
    """

    def __init__(self, folder: Path, revision: int, *, in_thread: bool) -> None:
        self._folder = folder
        self.song: SongFile = read_song(folder)
        beats = np.array(read_beats(folder, revision).beats_s) * RATE_HZ
        kept = np.array(self.song.attacks, np.int64)
        self.factors = np.array([version.factor for version in self.song.versions])
        lines = [time_line(self.song.samples, factor, kept) for factor in self.factors.tolist()]
        beats = beats[beats < self.song.samples - RATE_HZ // 10]
        self.beats = beats
        """Beats in samples of the song."""
        self.beats_in = [np.interp(beats, line.song, line.version) for line in lines]
        """Beats in samples of each version."""
        self._blocks: OrderedDict[Key, NDArray[np.int16]] = OrderedDict()
        self._lock = threading.Lock()
        self._damage = ""
        self._wanted: queue.SimpleQueue[Key | None] = queue.SimpleQueue()
        self._asked: set[Key] = set()
        self._in_thread = in_thread
        if in_thread:
            threading.Thread(target=self._work, name="song", daemon=True).start()

    def samples(self, version: int, first: int, count: int) -> NDArray[np.float32]:
        """Return samples of a version, (count,); what lies outside of it is silence.

        Raises
        ------
        NotReady
            When they are still being read.
        StoreError
            When the disk does not give what was written there.
        """
        whole = np.zeros(count, np.float32)
        end = min(first + count, self.song.versions[version].samples)
        at = max(first, 0)
        while at < end:
            number, offset = divmod(at, BLOCK_SAMPLES)
            block = self._block((version, number))[offset : offset + end - at]
            whole[at - first : at - first + len(block)] = block
            at += len(block)
        return whole * np.float32(1 / INT16_MAX)

    def want(self, version: int, first: int, last: int) -> None:
        """Have the samples from ``first`` to ``last`` read, where the version has them."""
        if not self._in_thread or not 0 <= version < len(self.factors):
            return
        last = min(last, self.song.versions[version].samples - 1)
        for number in range(max(first, 0) // BLOCK_SAMPLES, last // BLOCK_SAMPLES + 1):
            self._ask((version, number))

    def close(self) -> None:
        """Let the thread end."""
        self._wanted.put(None)

    def _ask(self, key: Key) -> None:
        with self._lock:
            new = key not in self._blocks and key not in self._asked
            if new:
                self._asked.add(key)
        if new:
            self._wanted.put(key)

    def _block(self, key: Key) -> NDArray[np.int16]:
        if self._damage:
            raise StoreError(self._damage)
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
                return block
        if self._in_thread:
            self._ask(key)
            raise NotReady
        block = self._read(key)
        self._keep(key, block)
        return block

    def _work(self) -> None:
        while (key := self._wanted.get()) is not None:
            try:
                self._keep(key, self._read(key))
            except StoreError as error:
                self._damage = str(error)
                return

    def _keep(self, key: Key, block: NDArray[np.int16]) -> None:
        with self._lock:
            self._blocks[key] = block
            self._asked.discard(key)
            while len(self._blocks) > BLOCKS_KEPT:
                self._blocks.popitem(last=False)

    def _read(self, key: Key) -> NDArray[np.int16]:
        version: Version = self.song.versions[key[0]]
        path = self._folder / version.file_name
        try:
            with path.open("rb") as file:
                file.seek(key[1] * BLOCK_SAMPLES * SAMPLE_BYTES)
                data = file.read(BLOCK_SAMPLES * SAMPLE_BYTES)
        except OSError as error:
            raise StoreError(
                f"{path.name} of the song cannot be read ({error.strerror})"
            ) from error
        if zlib.crc32(data) != version.checksums[key[1]]:
            raise StoreError(f"{path.name} of the song is damaged")
        return np.frombuffer(data, "<i2").astype(np.int16)


class SongShelf:
    """The songs of one device.

    Parameters
    ----------
    data_dir
        Folder of all data.
    in_thread
        As in ``OpenSong``.
    """

    def __init__(self, data_dir: Path, *, in_thread: bool) -> None:
        self._folder = data_dir / SONGS_FOLDER
        self._in_thread = in_thread
        self._open: dict[tuple[str, int], OpenSong] = {}

    def open(self, name: SongName) -> OpenSong:
        """Return a song; it stays open.

        Raises
        ------
        StoreError
            When it is not there or damaged.
        """
        key = (name.song_id, name.revision)
        if key not in self._open:
            while len(self._open) >= SONGS_KEPT:
                self._open.pop(next(iter(self._open))).close()
            folder = self._folder / name.song_id
            self._open[key] = OpenSong(folder, name.revision, in_thread=self._in_thread)
        return self._open[key]

    def make_ready(self, name: SongName) -> None:
        """Read the beginning of a song at every tempo; a song that is not there says so later."""
        try:
            song = self.open(name)
        except StoreError:
            return
        for version, beats in enumerate(song.beats_in):
            song.want(version, int(beats[0]) - RATE_HZ, int(beats[0]) + 2 * RATE_HZ)
