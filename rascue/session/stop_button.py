"""The stop button at the device (R1): it works without a tablet, and while the dashboard is dead.

A key of any Linux input device: a button on a GPIO line (overlay ``gpio-key``), a pedal.
"""

from __future__ import annotations

import os
import select
import stat
import struct
import threading
from collections.abc import Callable
from pathlib import Path

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value. Source: linux/input.h, ``struct input_event``."""

EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
"""Source: linux/input-event-codes.h, and Documentation/input/event-codes.rst."""

PRESSED = 1
"""0 is released, 2 repeated while it is held."""

LOOK_EVERY_S = 0.25
RETRY_AFTER_S = 1.0
"""A device that was plugged in again is found so soon; default, not evidence."""

EVENTS_AT_ONCE = 64


def presses_among(data: bytes) -> int:
    """Return how many presses of any key are among events as the kernel gives them.

    Events that the kernel had to drop count as one: a press may have been among them, and one stop
    too many is calmer than one too few.
    """
    whole = data[: len(data) - len(data) % EVENT.size]
    return sum(
        (kind, value) == (EV_KEY, PRESSED) or (kind, code) == (EV_SYN, SYN_DROPPED)
        for _, _, kind, code, value in EVENT.iter_unpack(whole)
    )


class StopButton:
    """Listens to one input device in a thread of its own.

    Parameters
    ----------
    path
        The device, for example ``/dev/rascue-stop`` (``deploy/udev``).
    press
        Called for each press.
    state
        Told why the button cannot be reached, or "" as soon as it can; only what has changed.
    """

    def __init__(self, path: Path, press: Callable[[], None], state: Callable[[str], None]) -> None:
        self._path = path
        self._press = press
        self._state = state
        self._told: str | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="stop button", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stopping.set()
        self._thread.join(timeout=2 * LOOK_EVERY_S)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except OSError as error:
                self._tell(f"{self._path}: {error.strerror}")
                self._stopping.wait(RETRY_AFTER_S)

    def _listen(self) -> None:
        """Pass presses on until asked to end; raise ``OSError`` when the device goes."""
        device = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            mode = os.fstat(device).st_mode
            if not stat.S_ISCHR(mode) and not stat.S_ISFIFO(mode):
                raise OSError(0, "is no input device")
            self._tell("")
            poll = select.poll()
            poll.register(device, select.POLLIN)
            while not self._stopping.is_set():
                if poll.poll(1000 * LOOK_EVERY_S):
                    self._take(os.read(device, EVENTS_AT_ONCE * EVENT.size))
        finally:
            os.close(device)

    def _take(self, data: bytes) -> None:
        if not data:
            raise OSError(0, "has ended")
        for _ in range(presses_among(data)):
            self._press()

    def _tell(self, trouble: str) -> None:
        if trouble != self._told:
            self._told = trouble
            self._state(trouble)
