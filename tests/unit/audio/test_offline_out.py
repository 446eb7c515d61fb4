"""Rendering into a file: every sound at its frame, the same bytes each time, little memory."""

from __future__ import annotations

import resource
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rascue.audio.base import ScheduledSound
from rascue.audio.native_mixer import LEAD_FRAMES
from rascue.audio.offline_out import OfflineOut
from rascue.audio.settings import AudioOutSettings
from rascue.audio.sounds import SOUND_NAMES
from rascue.audio.stepped_out import SteppedOut
from rascue.core.errors import AudioUnavailable, WrongUse
from rascue.core.types import AudioState, BeatOutcome, DacFrame, EngineNs

RATE_HZ = 48_000
START = EngineNs(77_000_000_123)


def at(seconds: float) -> EngineNs:
    return EngineNs(START + round(seconds * 1e9))


def samples_of(path: Path) -> NDArray[np.int16]:
    with wave.open(str(path)) as file:
        assert file.getparams()[:3] == (1, 2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def beat(index: int, frame: int, sound: str = "click", level_dbfs: float = -12.0) -> ScheduledSound:
    return ScheduledSound(index, DacFrame(frame), sound, index % 4 == 0, level_dbfs)


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.integers(2000, 9000), min_size=1, max_size=12),
    polls=st.lists(st.floats(0.001, 0.3), max_size=12),
    level_dbfs=st.floats(-40, -6),
)
def test_every_click_begins_at_its_frame(
    tmp_path_factory: pytest.TempPathFactory,
    gaps: list[int],
    polls: list[float],
    level_dbfs: float,
) -> None:
    path = tmp_path_factory.mktemp("wav") / "clicks.wav"
    out = OfflineOut(str(path), AudioOutSettings())
    out.open(START)
    frames = np.cumsum(gaps).tolist()
    for index, frame in enumerate(frames):
        out.schedule(beat(index, frame, level_dbfs=level_dbfs))
    played = []
    for seconds in [*np.cumsum(polls).tolist(), frames[-1] / RATE_HZ + 4.0]:
        played.extend(out.poll(at(seconds)).played)
    out.close()
    samples = samples_of(path)
    peak = round(10 ** (level_dbfs / 20) * 32767)
    assert [report.frame for report in played] == frames
    for before, frame in zip([0, *frames], frames, strict=False):
        assert np.abs(samples[max(before + 1600, frame - 100) : frame]).max(initial=0) == 0
        assert abs(int(samples[frame]) - peak) <= 1


def play_a_session(path: Path) -> bytes:
    out = OfflineOut(str(path), AudioOutSettings())
    out.open(START)
    for index in range(40):
        out.poll(at(0.05 * index))
        out.schedule(beat(index, 3000 + 2500 * index, SOUND_NAMES[index % len(SOUND_NAMES)]))
        if index == 30:
            out.cancel_from(DacFrame(70_000))
            out.fade_all(0.005)
    out.close()
    return path.read_bytes()


def test_equal_calls_write_equal_bytes(tmp_path: Path) -> None:
    first = play_a_session(tmp_path / "a.wav")
    assert first == play_a_session(tmp_path / "b.wav")
    assert len(first) > 100_000


def test_the_file_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    out = OfflineOut(str(path), AudioOutSettings())
    out.open(START)
    out.poll(at(2.5))
    assert len(samples_of(path)) == 120_000
    out.close()


def test_a_fast_device_clock_gives_more_frames_and_its_map_says_so(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    out = OfflineOut(str(path), AudioOutSettings(latency_s=0.03), ppm=200.0)
    out.open(START)
    status = out.poll(at(100.0))
    out.close()
    assert len(samples_of(path)) == 100 * RATE_HZ + 960
    assert status.clock is not None
    assert status.clock.to_count(at(100.0)) == 100 * RATE_HZ + 960
    assert status.latency_s == out.capabilities.latency_s == 0.03


def test_the_stop_reaches_silence_in_five_milliseconds(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    out = OfflineOut(str(path), AudioOutSettings())
    out.open(START)
    out.schedule(beat(0, 4800, "bell"))
    out.schedule(beat(1, 5200, "bell"))
    out.poll(at(0.105))
    out.fade_all(0.005)
    out.poll(at(1.0))
    out.close()
    samples = samples_of(path)
    assert np.abs(samples[4800:5040]).max() > 1000
    assert np.all(samples[5040 + 240 :] == 0)


def test_loud_beats_stay_below_the_level_limit(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    out = OfflineOut(str(path), AudioOutSettings(level_max_dbfs=-20.0))
    out.open(START)
    for index in range(5):
        out.schedule(beat(index, 4800 + index, "drum", level_dbfs=0.0))
    out.poll(at(1.0))
    out.close()
    assert 3000 < np.abs(samples_of(path)).max() <= 3277


def test_an_unknown_sound_is_refused_before_it_reaches_the_mixer(tmp_path: Path) -> None:
    out = OfflineOut(str(tmp_path / "sound.wav"), AudioOutSettings())
    out.open(START)
    with pytest.raises(WrongUse, match="'tuba' does not exist"):
        out.schedule(beat(0, 4800, "tuba"))
    assert out.poll(at(1.0)).played == ()
    out.close()


def test_too_many_beats_at_once_are_refused_and_told(tmp_path: Path) -> None:
    out = OfflineOut(str(tmp_path / "sound.wav"), AudioOutSettings())
    out.open(START)
    for index in range(300):
        out.schedule(beat(index, LEAD_FRAMES + index))
    outcomes = [report.outcome for report in out.poll(at(0.1)).played]
    out.close()
    assert outcomes.count(BeatOutcome.PLAYED) == 256
    assert outcomes.count(BeatOutcome.CANCELLED) == 44


def test_an_hour_takes_no_more_memory_than_a_minute() -> None:
    out = SteppedOut("nowhere", AudioOutSettings())
    out.open(START)
    out.poll(at(60.0))
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out.poll(at(1800.0))
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    assert grown_kib < 10_000


def test_a_missing_folder_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="absent does not exist"):
        OfflineOut(str(tmp_path / "absent" / "sound.wav"), AudioOutSettings())


def test_an_empty_path_is_refused() -> None:
    with pytest.raises(WrongUse, match=r"offline:FILE\.wav"):
        OfflineOut("", AudioOutSettings())


def test_a_path_that_cannot_be_written_is_not_available(tmp_path: Path) -> None:
    out = OfflineOut(str(tmp_path), AudioOutSettings())
    with pytest.raises(AudioUnavailable, match="Is a directory"):
        out.open(START)
    assert out.poll(START).state is AudioState.CLOSED


def test_a_full_disk_loses_the_output_and_keeps_what_was_written() -> None:
    out = OfflineOut("/dev/full", AudioOutSettings())
    out.open(START)
    out.schedule(beat(0, 96_000))
    status = out.poll(at(1.0))
    assert status.state is AudioState.LOST
    assert "free space" in status.detail
    assert [report.outcome for report in status.played] == [BeatOutcome.CANCELLED]
    out.close()
    with pytest.raises(AudioUnavailable, match="free space"):
        out.open(at(2.0))


def test_a_click_reported_as_played_is_in_the_file_even_if_the_session_ends_then(
    tmp_path: Path,
) -> None:
    path = tmp_path / "last.wav"
    out = OfflineOut(str(path), AudioOutSettings())
    out.open(START)
    frame = RATE_HZ + LEAD_FRAMES // 2
    out.schedule(beat(0, frame))
    assert [report.outcome for report in out.poll(at(1.0)).played] == [BeatOutcome.PLAYED]
    out.close()
    assert np.flatnonzero(samples_of(path))[0] == frame
