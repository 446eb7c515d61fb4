"""Who may use a bus: the engine, or a bring-up tool that wants the sensor for a minute.

Two programs that read one chip empty its memory under each other's hands. The engine holds a
shared lock on the bus file, lets go of it once a second for one look, and calls its sensor
unavailable when somebody else took it meanwhile; a tool waits for that moment. Locks end with
their process.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from types import TracebackType

from rascue.core.errors import SensorUnavailable, UnavailableReason

TRY_EVERY_S, TRIES = 0.005, 1000
"""The engine lets go for one look of about 45 ms; five seconds are enough for several."""


class EngineTurn:
    """The engine's share of a bus file, for the threads of all its sensors on that bus.

    All methods may raise ``SensorUnavailable``. What one sensor offers is free until any of them
    takes it, so a tool's chance is the same with two sensors.
    """

    def __init__(self, bus_path: str) -> None:
        self._path = bus_path
        self._fd: int | None = None
        self._among_threads = threading.Lock()

    def take(self) -> None:
        """Use the bus from now on; nothing happens when it is in use already."""
        with self._among_threads:
            if self._fd is None:
                self._fd = self._shared()

    def offer(self) -> None:
        """Let somebody else have the bus; harmless when called twice."""
        with self._among_threads:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None

    def _shared(self) -> int:
        fd = _opened(self._path)
        if not _locked(fd, fcntl.LOCK_SH):
            os.close(fd)
            reason = UnavailableReason.BUSY
            raise SensorUnavailable(self._path, reason, "a bring-up tool uses it")
        return fd


class ToolTurn:
    """The bus for a tool alone, for the length of a ``with``."""

    def __init__(self, bus_path: str, sleep: Callable[[float], None]) -> None:
        self._path = bus_path
        self._sleep = sleep
        self._fd = -1

    def __enter__(self) -> ToolTurn:
        self._fd = _opened(self._path)
        for _ in range(TRIES):
            if _locked(self._fd, fcntl.LOCK_EX):
                return self
            self._sleep(TRY_EVERY_S)
        os.close(self._fd)
        raise SensorUnavailable(self._path, UnavailableReason.BUSY)

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        os.close(self._fd)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except PermissionError:
        raise SensorUnavailable(path, UnavailableReason.NO_PERMISSION) from None
    except OSError as error:
        raise SensorUnavailable(path, UnavailableReason.NOT_FOUND, error.strerror or "") from None


def _locked(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
