"""Has songs prepared, one after another, each in a process of its own that may be stopped.

What is known of a song is what lies on the disk, so that a restarted dashboard, or one that came
back after a power cut, takes up what was not finished.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from rascue.core.errors import StoreError
from rascue.songs.shelf import read_song, song_folder

UPLOAD = "upload"
PROGRESS = "progress.json"
WORKER = "rascue.songs.making.prepare"

BROKE_OFF = "Preparing the song broke off. Add the song again."
NICE = 10
"""Sessions go before songs."""


@dataclass(frozen=True, slots=True)
class SongState:
    """``share`` of the work done, 0..1; ``refusal`` says why the song cannot be used."""

    ready: bool
    share: float
    doing: str
    refusal: str = ""


class SongMaker:
    """One worker at a time.

    Parameters
    ----------
    data_dir
        Folder of all data.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()
        self._running: tuple[str, subprocess.Popen[bytes]] | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def take_up(self, song_ids: list[str]) -> None:
        """Go on with songs that were not finished."""
        for song_id in song_ids:
            folder = song_folder(self._data_dir, song_id)
            state = self.state(song_id)
            if not state.ready and not state.refusal and (folder / UPLOAD).is_file():
                self.make(song_id)

    def make(self, song_id: str) -> None:
        """Have a song prepared when those before it are."""
        with self._lock:
            self._cancelled.discard(song_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="songs", daemon=True)
                self._thread.start()
        self._waiting.put(song_id)

    def state(self, song_id: str) -> SongState:
        """Return how far a song is."""
        folder = song_folder(self._data_dir, song_id)
        try:
            read_song(folder)
            return SongState(ready=True, share=1.0, doing="ready")
        except StoreError as error:
            damage = str(error)
        if (folder / "song.json").exists():
            return SongState(ready=False, share=0.0, doing="", refusal=damage)
        try:
            told = json.loads((folder / PROGRESS).read_text("utf-8"))
            return SongState(False, told["share"], told["doing"], told["refusal"])
        except (OSError, ValueError, KeyError):
            refusal = "" if (folder / UPLOAD).is_file() else BROKE_OFF
            return SongState(False, 0.0, "waiting", refusal)

    def remove(self, song_id: str) -> None:
        """Stop preparing a song and delete its files."""
        with self._lock:
            self._cancelled.add(song_id)
            running = self._running
        if running is not None and running[0] == song_id:
            _end(running[1])
            running[1].wait()
        shutil.rmtree(song_folder(self._data_dir, song_id), ignore_errors=True)

    def close(self) -> None:
        """Stop the worker; what it has not finished is taken up at the next start."""
        with self._lock:
            self._closed.set()
            if self._running is not None:
                _end(self._running[1])
        self._waiting.put(None)

    def _work(self) -> None:
        while (song_id := self._waiting.get()) is not None and not self._closed.is_set():
            process = self._begin(song_id)
            if process is None:
                continue
            status = process.wait()
            with self._lock:
                self._running = None
                wanted = not self._closed.is_set() and song_id not in self._cancelled
            if wanted and status != 0 and not self.state(song_id).refusal:
                (song_folder(self._data_dir, song_id) / UPLOAD).unlink(missing_ok=True)
                (song_folder(self._data_dir, song_id) / PROGRESS).unlink(missing_ok=True)

    def _begin(self, song_id: str) -> subprocess.Popen[bytes] | None:
        folder = song_folder(self._data_dir, song_id)
        with self._lock:
            if (
                self._closed.is_set()
                or song_id in self._cancelled
                or not (folder / UPLOAD).is_file()
            ):
                return None
            process = subprocess.Popen(
                [sys.executable, "-m", WORKER, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            self._running = (song_id, process)
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a worker together with its own two processes."""
    try:
        os.killpg(process.pid, 15)
    except ProcessLookupError:
        return
