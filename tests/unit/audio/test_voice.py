"""The counting voice: each word has the resonances it was given, and is felt on its beat.

Whether people understand it is not shown here; a speech recognizer does (docs/audio.md).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from rascue.audio.base import ScheduledSound
from rascue.audio.cue_player import CuePlayer
from rascue.audio.music.instruments import VOICE, begins_early_s, instrument_sample
from rascue.audio.music.voice import WORDS, spoken
from rascue.core.types import DacFrame

RATE_HZ = 48_000


def spectrum_db(samples: NDArray[np.floating], at_s: float, rate_hz: int = RATE_HZ):
    """Return the smoothed spectrum around an instant, one value each 20 Hz up to 5 kHz."""
    n = round(0.025 * rate_hz) * 2
    middle = round(at_s * rate_hz)
    part = samples[middle - n // 2 : middle + n // 2] * np.hanning(n)
    power = np.abs(np.fft.rfft(part, rate_hz // 20)) ** 2
    smooth = np.convolve(power, np.ones(9) / 9, mode="same")  # wider than a partial
    return 10 * np.log10(smooth[:250] + 1e-12)


def strongest_hz(levels_db, low_hz: float, high_hz: float) -> float:
    low, high = round(low_hz / 20), round(high_hz / 20)
    return 20.0 * (low + int(np.argmax(levels_db[low:high])))


@pytest.mark.parametrize(
    ("number", "at_s", "second_hz"), [(1, 0.16, 1200), (2, 0.28, 1000), (3, 0.26, 2300)]
)
def test_each_vowel_has_its_second_resonance(number: int, at_s: float, second_hz: float) -> None:
    found = strongest_hz(
        spectrum_db(spoken(number, RATE_HZ), at_s), second_hz - 250, second_hz + 250
    )
    assert found == pytest.approx(second_hz, abs=130)


def test_no_two_words_sound_alike() -> None:
    shapes = {}
    for number in WORDS:
        word = spoken(number, RATE_HZ)
        at_s = np.linspace(0.06, 0.3, 6)
        shapes[number] = np.concatenate([spectrum_db(word, t) for t in at_s])
    for one, other in combinations(shapes.values(), 2):
        assert np.sqrt(np.mean((one - other) ** 2)) > 8.0  # dB


@pytest.mark.parametrize("number", WORDS)
def test_a_word_fits_between_fast_beats_and_ends_in_silence(number: int) -> None:
    word = instrument_sample(VOICE, number, RATE_HZ)
    assert len(word) <= 0.42 * RATE_HZ
    assert np.abs(word).max() == 1.0
    assert np.abs(word[-10:]).max() < 0.01


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 96_000])
def test_it_speaks_alike_at_any_rate(rate_hz: int) -> None:
    levels = spectrum_db(spoken(3, rate_hz), 0.26, rate_hz)
    assert strongest_hz(levels, 1900, 2700) == pytest.approx(2300, abs=130)


def test_the_vowel_begins_on_the_beat_and_the_consonant_before() -> None:
    frame = RATE_HZ
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(ScheduledSound(3, DacFrame(frame), "count", False, -18.0, 0.6))
    sound = player.mixer.render(2 * RATE_HZ)[:, 0]
    early = round(begins_early_s(VOICE, 4) * RATE_HZ)
    assert not sound[: frame - early].any()
    before, after = sound[frame - early : frame], sound[frame + 2000 : frame + 8000]
    assert 0 < np.sqrt(np.mean(before**2)) < 0.5 * np.sqrt(np.mean(after**2))
