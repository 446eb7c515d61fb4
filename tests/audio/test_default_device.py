"""The default device of a sound server is unplugged, and is known when it is a headset by radio."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rascue.testing.sound_server import FIRST_IN_LINE, SINK, SoundServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
RADIO = "bluez_output.00_1B_66"


@pytest.fixture
def two_sinks(sound_server: SoundServer) -> Iterator[SoundServer]:
    """A server that plays to a wireless headset, with the usual sink beside it."""
    home = Path(sound_server.environment["HOME"])
    with (home / ".asoundrc").open("a") as file:
        file.write("pcm.!default { type pulse hint { show on description default } }\n")
    control(sound_server, "load-module", "module-null-sink", f"sink_name={RADIO}", "rate=48000")
    control(sound_server, "set-default-sink", RADIO)
    return sound_server


def control(server: SoundServer, *words: str) -> str:
    done = subprocess.run(
        ["pactl", *words], env=server.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def child(server: SoundServer, script: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*FIRST_IN_LINE, sys.executable, str(script), *words],
        env=dict(server.environment, PYTHONPATH=os.fspath(ROOT)),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_headset_behind_the_default_device_is_recognized(two_sinks: SoundServer) -> None:
    script = ROOT / "tests" / "unit" / "audio" / "open_output.py"
    with child(two_sinks, script, "portaudio:default", "48000") as opened:
        line = opened.communicate(timeout=60)[0]
    assert f"name='portaudio:default ({RADIO})'" in line
    assert "latency_sd_s=0.05" in line


def test_when_the_default_device_goes_the_next_one_is_taken(two_sinks: SoundServer) -> None:
    module = control(two_sinks, "list", "short", "modules")
    number = next(row.split()[0] for row in module.splitlines() if RADIO in row)
    script = Path(__file__).with_name("report_states.py")
    told = []
    with child(two_sinks, script, "default") as states:
        for line in states.stdout or ():
            told.append(line.strip())
            if told.count("running") == 1 and told[-1] == "running":
                control(two_sinks, "set-default-sink", SINK)
                control(two_sinks, "unload-module", number)
    assert states.returncode == 0
    assert told.count("lost") == 1
    assert told[-1] == "running"
