"""Opening a PortAudio output: each refusal has its reason and one line.

PortAudio reads the devices of ALSA from HOME once per process, hence the child processes. Playing
is tested in tests/audio.
"""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rascue.audio.measured import MeasuredLatency
from rascue.audio.portaudio_out import PortAudioOut, driver_latency_sd_s
from rascue.audio.portaudio_stream import reason_of
from rascue.audio.settings import AudioOutSettings
from rascue.core.errors import AudioUnavailable, UnavailableReason
from rascue.core.types import AudioState, EngineNs

REPOSITORY = Path(__file__).resolve().parents[3]
NOW = EngineNs(1_000_000)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose only sound device takes everything and plays nothing."""
    (tmp_path / ".asoundrc").write_text(
        "pcm.nowhere { type null hint { show on description nowhere } }\n"
    )
    return tmp_path


def opened(home: Path, spec: str, rate_hz: int = 48_000) -> str:
    """Return the one line that open_output.py prints."""
    result = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("open_output.py")), spec, str(rate_hz)],
        env=dict(os.environ, HOME=str(home), PYTHONPATH=str(REPOSITORY)),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lines = result.stdout.splitlines()
    assert len(lines) == 1, result
    return lines[0]


def test_a_device_is_found_by_part_of_its_name(home: Path) -> None:
    line = opened(home, "portaudio:nowh")
    assert line.startswith("OPEN")
    assert "name='portaudio:nowhere', rate_hz=48000, channels=2" in line
    assert "latency_s=0.016, latency_sd_s=0.005, measured=False, audible=True" in line


def test_an_unknown_device_is_named(home: Path) -> None:
    line = opened(home, "portaudio:tuba")
    assert line.startswith("NOT_FOUND sound output 'tuba' is not available")


def test_an_unknown_number_is_named(home: Path) -> None:
    assert opened(home, "portaudio:77").startswith("NOT_FOUND sound output '77'")


def test_a_refused_rate_says_what_to_change(home: Path) -> None:
    line = opened(home, "portaudio:nowhere", 500)
    assert line.startswith("REFUSED_FORMAT sound output 'nowhere'")
    assert line.endswith("choose another sampling rate or block size in the configuration")


def test_without_the_portaudio_library_the_package_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    out = PortAudioOut("", AudioOutSettings())
    with pytest.raises(AudioUnavailable, match="libportaudio2 is not installed") as raised:
        out.open(NOW)
    assert raised.value.reason is UnavailableReason.NO_DRIVER
    assert out.poll(NOW).state is AudioState.CLOSED


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Device unavailable", -9985), UnavailableReason.BUSY),
        (("Invalid sample rate", -9997), UnavailableReason.REFUSED_FORMAT),
        (("Host error", -9999, (0, -16, "busy")), UnavailableReason.BUSY),
        (("Host error", -9999, (0, -13, "denied")), UnavailableReason.NO_PERMISSION),
        (("Host error", -9999, (0, -19, "gone")), UnavailableReason.NOT_FOUND),
        (("Something else",), UnavailableReason.NOT_FOUND),
    ],
)
def test_errors_of_portaudio_become_reasons(
    arguments: tuple[object, ...], reason: UnavailableReason
) -> None:
    assert reason_of(Exception(*arguments)) is reason


@pytest.mark.parametrize(
    ("name", "expected_s"),
    [
        ("bluez_output.00_1B_66.1", 0.05),
        ("WH-1000 (Bluetooth)", 0.05),
        ("snd_rpi_hifiberry_dac: HifiBerry DAC HiFi pcm5102a-hifi-0 (hw:1,0)", 0.005),
    ],
)
def test_bluetooth_is_known_to_be_unsteady(name: str, expected_s: float) -> None:
    assert driver_latency_sd_s(name) == expected_s
    assert PortAudioOut(name, AudioOutSettings()).capabilities.latency_sd_s == expected_s


def test_a_closed_output_can_be_polled_and_closed() -> None:
    out = PortAudioOut("", AudioOutSettings(latency_s=0.02, latency_sd_s=0.001))
    out.close()
    status = out.poll(NOW)
    assert (status.state, status.clock, status.played) == (AudioState.CLOSED, None, ())
    assert (status.latency_s, status.latency_sd_s) == (0.02, 0.001)
    assert out.capabilities.measured


@pytest.mark.parametrize(("block_frames", "latency_s"), [(256, 0.021), (512, 0.008)])
def test_a_measured_latency_is_used_for_its_own_format_only(
    block_frames: int, latency_s: float
) -> None:
    measured = MeasuredLatency("portaudio", 48_000, 256, "microphone", 0.021, 0.0004)
    settings = AudioOutSettings(block_frames=block_frames, measured=(measured,))
    driver: Any = SimpleNamespace(name="a wired device", latency_s=0.008)
    described = PortAudioOut("", settings)._with_latency_of(driver)
    assert described.latency_s == latency_s
    assert described.measured == (block_frames == 256)
