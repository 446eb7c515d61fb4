"""The figures of the benchmark that do not depend on the machine's speed."""

from __future__ import annotations

from rascue.testing.audio_bench import (
    RAMP_FRAMES,
    RATE_HZ,
    onset_error_frames,
    random_mixes,
    stop_to_silence_ms,
)


def test_no_onset_is_a_frame_off() -> None:
    assert onset_error_frames() == 0.0


def test_every_stop_is_silent_within_its_ramp() -> None:
    ends_ms = stop_to_silence_ms()
    assert len(ends_ms) == 1000
    assert ends_ms.max() < 1000 * RAMP_FRAMES / RATE_HZ
    assert ends_ms.min() > 0.0


def test_random_mixes_stay_below_the_cap_and_rise_no_faster_than_the_ramp() -> None:
    largest, rise = random_mixes(20_000)  # a million in `rascue bench audio`
    assert 0.9 < largest <= 1.0
    assert 0.5 < rise < 1.01
