"""Loudness against the values that the recommendation itself names."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.testing.loudness import loudness_lufs

T_S = np.arange(5 * 48_000) / 48_000
SINE = np.sin(2 * np.pi * 997 * T_S)


@pytest.mark.parametrize("level_db", [0.0, -20.0, -40.0])
def test_a_sine_of_997_hz_reads_3_01_below_its_peak(level_db: float) -> None:
    assert loudness_lufs(SINE * 10 ** (level_db / 20), 48_000) == pytest.approx(
        level_db - 3.01, abs=0.02
    )


def test_pauses_do_not_count() -> None:
    with_pause = np.concatenate([SINE, np.zeros(10 * 48_000)])
    assert loudness_lufs(with_pause, 48_000) == pytest.approx(-3.01, abs=0.3)


def test_silence_has_no_loudness() -> None:
    assert loudness_lufs(np.zeros(48_000), 48_000) == -np.inf


def test_low_tones_count_less() -> None:
    low = np.sin(2 * np.pi * 40 * T_S)
    assert loudness_lufs(low, 48_000) < -6.0


def test_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="not at 44100 Hz"):
        loudness_lufs(SINE, 44_100)
