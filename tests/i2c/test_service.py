"""The running service on the FUSE bus in real time; the sensor is unplugged in mid-session."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from rascue.audio.choose import audio_out_for
from rascue.cli.devices import audio_settings_of, service_devices
from rascue.config.load import load_config
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Note, Placement, PlayedBeat, StepEvent
from rascue.link.client import LinkClient
from rascue.link.messages import Request
from rascue.session.host import HostClock
from rascue.session.shell import Shell, ShellParts
from rascue.simulate.scenario import load_scenario
from rascue.store.reader import SessionReader
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import WalkerMotion
from rascue.testing.i2c.wire import Wires

ADDRESS = 0x6A
CLOCK = HostClock()
PROGRAM = {
    "name": "unplug",
    "version": "1",
    "title": "Unplug",
    "rationale": "to see",
    "step": [
        {
            "kind": "cued",
            "duration_s": 120,
            "strategy": "fixed",
            "target": {"kind": "absolute", "value": 100},
        }
    ],
}


@pytest.mark.slow
def test_unplugged_in_mid_session_it_holds_fades_and_resumes(
    fuse_bus: Callable[..., FuseBus], tmp_path: Path
) -> None:
    motion = WalkerMotion(load_scenario("demo"), Placement.LOWER_BACK, 1, CLOCK.now_ns())
    chip = MODELS["lsm6dsox"](motion, CLOCK, 1.03, None)
    wires = Wires({ADDRESS: chip}, sleep)
    path = fuse_bus(i2c_1=wires).path("i2c-1")
    config = load_config(
        None,
        {
            "sensor": {"source": f"i2c:lsm6dsox@{path}:0x6a"},
            "audio": {"output": "none"},
            "limits": {"hold_max_s": 1.0, "fade_s": 1.0},
        },
    ).config
    sources, _ = service_devices(config, CLOCK)
    out = audio_out_for("none", audio_settings_of(config))
    data = tmp_path / "data"
    data.mkdir()
    shell = Shell(ShellParts(config, sources, out, data, data / "engine.sock"))
    runner = threading.Thread(target=shell.run)
    runner.start()
    try:
        _session(shell, wires, chip)
    finally:
        shell.stop()
        runner.join(10.0)
    _look_at(next((data / "sessions").rglob("*.sqlite")))


def _session(shell: Shell, wires: Wires, chip: object) -> None:
    _pass(3.0)
    args = {"program": PROGRAM, "subject_code": "T1", "started_utc": "2026-01-01T00:00:00Z"}
    shell._take_request(Request(id="1", kind="start", args=args, actor="test"))
    _pass(7.0)
    del wires.chips[ADDRESS]
    _pass(4.5)
    wires.chips[ADDRESS] = chip  # type: ignore[assignment]
    _pass(8.0)


def _pass(seconds: float) -> None:
    """Let real time go on: the service runs in its own threads."""
    until_s = monotonic() + seconds
    while monotonic() < until_s:
        sleep(0.05)


def _look_at(session_file: Path) -> None:
    with SessionReader(session_file) as reader:
        lost = [f for f in reader.records(Fault) if f.code is FaultCode.SENSOR_LOST]
        states = [n.text.split(":")[0] for n in reader.records(Note) if n.kind == "state"]
        beats = [b.sound_ns for b in reader.records(PlayedBeat) if b.sound_ns is not None]
        steps = [step.ic_ns for step in reader.records(StepEvent)]
    raised = next(fault for fault in lost if fault.raised)
    cleared = next(fault for fault in lost if not fault.raised)
    assert "no answer" in raised.detail
    assert {"cueing", "holding", "fading"} <= set(states)
    assert any(raised.at_ns < beat < raised.at_ns + 1e9 for beat in beats)
    assert any(step > cleared.at_ns for step in steps)
    assert any(beat > cleared.at_ns for beat in beats)


@pytest.mark.slow
def test_bus_and_service_start_and_stop_together(fuse_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    call = [sys.executable, "-m", "rascue.cli", "bus", "icm42688", "--run", "--audio", "none"]
    call += ["--data", str(data), "--folder", str(fuse_folder), "--port", "18137"]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    try:
        assert asyncio.run(first_cadence(data / "engine.sock")) > 60.0
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30.0)
    assert process.returncode == 0
    assert "Sensor: i2c:icm42688@" in said
    assert not os.path.ismount(fuse_folder)


async def first_cadence(socket: Path) -> float:
    client = LinkClient(socket)
    runner = asyncio.ensure_future(client.run())
    async with asyncio.timeout(300.0):  # patience, no bar: machines are slow at times
        while client.latest is None or client.latest.cadence_spm is None:
            await asyncio.sleep(0.1)
    runner.cancel()
    return client.latest.cadence_spm
