"""Ports in use, full and read-only disks, no sound: one clear line, or one fault, each."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rascue.core.faults import FaultCode
from rascue.core.types import Beat
from rascue.store.reader import SessionReader
from tests.service.harness import SOURCE, Client, Message, Process, engine, session_files

NO_SERVER = {"PULSE_SERVER": "/nowhere", "JACK_NO_START_SERVER": "1"}
"""An environment in which no sound server is found or started."""


def refused(command: str, *words: str, data: Path) -> tuple[int, list[str]]:
    """Run a command that must end by itself; return its status and all it printed."""
    with Process(command, *words, data=data) as process:
        return process.status(), process.printed().splitlines()


def skip_or_fail(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """Mount a disk in memory, for example one of ``size=2m``."""
    if os.geteuid() != 0:
        skip_or_fail("only root can mount a disk")
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        skip_or_fail("this machine does not let us mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def raised(message: Message, code: FaultCode) -> bool:
    found = {fault["code"] for fault in message.get("faults", ())}
    return message["type"] == "snapshot" and code.value in found


# --- refused at once ---------------------------------------------------------------------------


def test_a_port_in_use_is_told_before_anything_starts(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, lines = refused("run", "--port", str(port), *SOURCE, data=data)
    assert (status, lines) == (
        1,
        [f"rascue run: cannot use 127.0.0.1 port {port} (Address already in use); "
         "choose another with --port"],
    )  # fmt: skip


def test_the_dashboard_alone_tells_of_a_port_in_use_too(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, lines = refused("dashboard", "--port", str(port), data=data)
    assert status == 1
    assert len(lines) == 1
    assert str(port) in lines[0]
    assert "--port" in lines[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--source", "simulated:entrainin"), 'unknown scenario "entrainin" (did you mean "entrai'),
        (("--source", "camera"), 'the source "camera" is not known; it must be simulated'),
        (("--source", "replay:nowhere.npz"), "nowhere.npz: there is no such file; check the name"),
        (
            ("--source", "i2c:lsm6dsox@1:0x6a", "--source", "i2c:lsm6dsox@1:0x6b"),
            "these sensors do not go together: lower_back, lower_back; use one, or two on both",
        ),
        (
            (
                "--source",
                "left_foot=i2c:mpu6050@1:0x68",
                "--source",
                "right_foot=i2c:mpu6050@1:0x68",
            ),
            "0x68 on /dev/i2c-1 is named 2 times; one chip is one sensor",
        ),
        (("--source", "left_fot=simulated"), 'the placement "left_fot" is not known (did you mean'),
        (("--audio", "loud"), 'there is no sound output "loud"; known are: none, offline, portaud'),
        (("--audio", "offline:/nowhere/a.wav"), "folder /nowhere does not exist"),
        (("--config", "nowhere.toml"), "nowhere.toml: there is no such file; check the path"),
        (("--nonsense",), "unrecognized arguments: --nonsense"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(data, words, told):
    status, lines = refused("run", *words, data=data)
    assert status in {1, 2}
    assert len(lines) == 1
    assert lines[0].startswith("rascue")
    assert told in lines[0]


def test_the_engine_alone_tells_it_as_well(data):
    status, lines = refused("engine", "--source", "simulated:entrainin", data=data)
    assert (status, len(lines)) == (2, 1)
    assert lines[0].startswith('rascue engine: unknown scenario "entrainin"')


@pytest.mark.parametrize("command", ["run", "engine", "dashboard"])
def test_a_data_folder_that_cannot_be_made_is_told(data, command):
    data.write_text("in the way")
    status, lines = refused(command, data=data)
    assert status == 1
    assert len(lines) == 1
    assert str(data) in lines[0]


def test_a_read_only_disk_is_told(data):
    with disk(data, "ro"):
        status, lines = refused("engine", *SOURCE, data=data)
    assert status == 1
    assert len(lines) == 1
    assert str(data) in lines[0]


def test_a_path_too_long_for_a_socket_is_told(data):
    long = data / ("x" * 100)
    data.mkdir()
    status, lines = refused("engine", *SOURCE, data=long)
    assert status == 1
    assert len(lines) == 1
    assert "--data" in lines[0]


# --- told as a fault, the engine goes on -------------------------------------------------------


def test_without_a_sound_device_the_engine_says_so_and_refuses_to_start(data, monkeypatch):
    for name, value in NO_SERVER.items():
        monkeypatch.setenv(name, value)
    with engine(data, *SOURCE, "--audio", "portaudio") as process, Client(data) as client:
        client.read_until(lambda m: raised(m, FaultCode.AUDIO_LOST))
        sound = client.snapshot["sound"]
        client.read_until(lambda m: m["type"] == "snapshot" and m["sensor"]["state"] == "running")
        answer = client.ask("start", program={}, subject_code="P1", started_utc="")
    assert sound["state"] == "lost"
    assert "not available" in sound["text"]
    assert not answer["ok"]
    assert answer["text"].startswith("not started: The sound output is gone")
    assert "Traceback" not in process.printed()


def test_a_disk_too_small_for_a_session_is_told_and_no_session_starts(data):
    with disk(data, "size=20m"), engine(data), Client(data) as client:
        client.read_until(lambda m: raised(m, FaultCode.STORE_FULL))
        answer = client.ask("start", program={}, subject_code="P1", started_utc="")
        assert answer["text"].startswith("not started: The disk is nearly full")


def test_a_disk_that_fills_up_in_a_session_is_told_and_the_beat_goes_on(data, tmp_path):
    config = tmp_path / "device.toml"
    config.write_text("[store]\nfree_min_mb = 0\n")
    with disk(data, "size=2m"):
        with engine(data, *SOURCE, "--config", str(config)), Client(data) as client:
            client.start()
            client.read_until(lambda m: m["type"] == "event" and m["kind"] == "beat")
            _fill(data / "ballast")
            client.read_until(lambda m: raised(m, FaultCode.STORE_FAILED))
            note = next(f for f in client.snapshot["faults"] if f["code"] == "store_failed")
            known = len(client.events("beat"))
            client.read_for(2.0)
            assert len(client.events("beat")) > known
        assert "disk is full" in note["detail"]
        (path,) = session_files(data)
        with SessionReader(path) as reader:
            assert reader.header.subject_code == "P1"
            assert reader.records(Beat)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            return
