"""A key of an input device, here a FIFO that gives what the kernel gives, becomes a press."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from rascue.session.stop_button import EVENT, StopButton, presses_among

KEY_STOP = 128
DOWN, UP, HELD = 1, 0, 2


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(1_700_000_000, 1, kind, code, value)


def key(value: int) -> bytes:
    return event(1, KEY_STOP, value) + event(0, 0, 0)


@pytest.mark.parametrize(
    ("data", "presses"),
    [
        (b"", 0),
        (key(DOWN), 1),
        (key(UP), 0),
        (key(HELD), 0),
        (key(DOWN) + key(UP) + key(DOWN), 2),
        (event(2, 0, 1), 0),  # a mouse that moves
        (event(0, 3, 0), 1),  # the kernel has dropped events
        (key(DOWN) + b"half", 1),
    ],
)
def test_only_what_is_pressed_counts(data: bytes, presses: int) -> None:
    assert presses_among(data) == presses


class Listened:
    """A button on a path, and what it told."""

    def __init__(self, path: Path) -> None:
        self.presses: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[str] = queue.Queue()
        self.button = StopButton(path, lambda: self.presses.put("stop"), self.states.put)
        self.button.start()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "button"
    os.mkfifo(path)
    return path


@pytest.fixture
def listened(fifo: Path) -> Iterator[Listened]:
    keeps_it_open = os.open(fifo, os.O_RDWR)
    made = Listened(fifo)
    yield made
    made.button.close()
    os.close(keeps_it_open)


def test_a_press_is_passed_on(fifo: Path, listened: Listened) -> None:
    assert listened.states.get(timeout=60) == ""
    with fifo.open("wb", buffering=0) as device:
        device.write(key(DOWN) + key(UP))
        assert listened.presses.get(timeout=60) == "stop"
        device.write(key(DOWN))
        assert listened.presses.get(timeout=60) == "stop"
    assert listened.presses.empty()


def test_an_absent_device_is_told_once_and_used_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "button"
    listened = Listened(path)
    assert listened.states.get(timeout=60) == f"{path}: No such file or directory"
    os.mkfifo(path)
    device = os.open(path, os.O_RDWR)
    assert listened.states.get(timeout=60) == ""
    os.write(device, key(DOWN))
    assert listened.presses.get(timeout=60) == "stop"
    os.close(device)
    assert listened.states.get(timeout=60) == f"{path}: has ended"
    listened.button.close()


def test_what_is_no_device_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(key(DOWN))
    listened = Listened(path)
    assert listened.states.get(timeout=60) == f"{path}: is no input device"
    listened.button.close()
    assert listened.presses.empty()
