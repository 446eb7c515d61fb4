"""Measured latencies: kept, replaced, and used for nothing but what they were measured with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rascue.audio.measured import (
    MeasuredLatency,
    find_measured,
    read_measured,
    remember_measured,
)
from rascue.core.errors import RascueError

USB = MeasuredLatency("portaudio:USB: Audio (hw:1,0)", 48_000, 256, "microphone", 0.0213, 0.0004)


def test_there_is_nothing_before_the_first_calibration(tmp_path: Path) -> None:
    assert read_measured(tmp_path / "none.toml") == ()


def test_a_new_measurement_replaces_only_its_own(tmp_path: Path) -> None:
    path = tmp_path / "data" / "latencies.toml"
    larger = MeasuredLatency(USB.device, 48_000, 512, "sensor", 0.031, 0.001)
    again = MeasuredLatency(USB.device, 48_000, 256, "sensor", 0.022, 0.0005)
    for measured in (USB, larger, again):
        remember_measured(path, measured)
    assert read_measured(path) == (larger, again)


@pytest.mark.parametrize(
    ("device", "rate_hz", "block_frames", "found"),
    [
        (USB.device, 48_000, 256, USB),
        (USB.device, 48_000, 512, None),
        (USB.device, 44_100, 256, None),
        ("portaudio:other", 48_000, 256, None),
    ],
)
def test_it_holds_for_device_rate_and_block(
    device: str, rate_hz: int, block_frames: int, found: MeasuredLatency | None
) -> None:
    assert find_measured([USB], device, rate_hz, block_frames) is found


@given(device=st.text(st.characters(blacklist_categories=["Cs"]), max_size=20))
def test_any_name_of_a_device_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, device: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "names.toml"
    path.unlink(missing_ok=True)
    measured = MeasuredLatency(device, 48_000, 256, "sensor", 0.1, 0.0)
    remember_measured(path, measured)
    assert read_measured(path) == (measured,)


@pytest.mark.parametrize(
    "text", ["[[latency", "[[latency]]\ndevice = 'x'", "latency = 3", "\x00", "latency = [1]"]
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "latencies.toml"
    path.write_text(text)
    with pytest.raises(
        RascueError, match=r"latencies.toml: damaged .* run `rascue calibrate` again"
    ):
        read_measured(path)


def test_the_spread_becomes_a_standard_deviation() -> None:
    assert USB.sd_s == pytest.approx(0.0004 / 1.349)
