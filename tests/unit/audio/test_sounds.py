"""Cue sounds: onset on the first sample, peak 1, names that can be looked up."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.audio.sounds import RECIPES, SOUND_NAMES, render
from rascue.core.errors import WrongUse
from rascue.testing.loudness import loudness_lufs

RATES = [8000, 44_100, 48_000, 96_000]


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("accent", [False, True])
@pytest.mark.parametrize("name", SOUND_NAMES)
def test_first_sample_is_the_peak(name: str, accent: bool, rate_hz: int) -> None:
    sound = render(name, accent=accent, rate_hz=rate_hz)
    assert sound.dtype == np.float32
    assert sound[0] == 1.0
    assert np.all(np.abs(sound[1:]) <= 1.0)


@pytest.mark.parametrize("accent", [False, True])
@pytest.mark.parametrize("name", SOUND_NAMES)
def test_ends_without_a_step(name: str, accent: bool) -> None:
    sound = render(name, accent=accent, rate_hz=48_000)
    assert abs(sound[-1]) < 1e-4
    assert np.abs(sound[-240:]).max() < 0.01


@pytest.mark.parametrize("name", [name for name in SOUND_NAMES if name != "gravel"])
def test_base_pitch_is_as_declared_and_the_accent_is_higher(name: str) -> None:
    pitches_hz = []
    for accent in (False, True):
        sound = render(name, accent=accent, rate_hz=48_000)
        spectrum = np.abs(np.fft.rfft(sound, 1 << 17))
        pitches_hz.append(float(np.argmax(spectrum)) * 48_000 / (1 << 17))
    recipe = RECIPES[name]
    assert pitches_hz[0] == pytest.approx(recipe.base_hz, rel=0.03)
    assert pitches_hz[1] == pytest.approx(recipe.base_hz * recipe.accent_ratio, rel=0.03)


def test_shares_of_a_recipe_add_up_to_the_peak() -> None:
    for name, recipe in RECIPES.items():
        at_onset = [part.share for part in recipe.partials if part.delay_s == 0.0]
        assert sum(at_onset) == pytest.approx(1.0), name


def test_gravel_has_no_tone_and_goes_on_after_the_heel() -> None:
    sound = render("gravel", accent=False, rate_hz=48_000).astype(float)
    power = np.abs(np.fft.rfft(sound)) ** 2
    flatness = np.exp(np.mean(np.log(power[10:3000]))) / np.mean(power[10:3000])
    bell = np.abs(np.fft.rfft(render("bell", accent=False, rate_hz=48_000), len(sound))) ** 2
    assert flatness > 5 * np.exp(np.mean(np.log(bell[10:3000]))) / np.mean(bell[10:3000])
    heel, toe = sound[1000:4000], sound[5300:9000]
    assert 0.05 < np.sum(toe**2) / np.sum(heel**2) < 2.0


@pytest.mark.parametrize("name", SOUND_NAMES)
def test_the_lower_variant_is_a_whole_tone_lower(name: str) -> None:
    centers_hz = []
    for lower in (False, True):
        sound = render(name, accent=False, rate_hz=48_000, lower=lower)
        power = np.abs(np.fft.rfft(sound, 1 << 17)) ** 2
        centers_hz.append(np.average(np.arange(len(power)), weights=power))
    assert centers_hz[1] / centers_hz[0] == pytest.approx(8 / 9, rel=0.06)


# Of eight beats, two a second, at a peak of -18 dBFS. The loudness is programme loudness: a click
# is far louder to the ear than such a figure says (AUDIO.md section 8).
LOUDNESS_LUFS = {
    "click": -41.6,
    "woodblock": -40.5,
    "bell": -34.1,
    "drum": -38.9,
    "gravel": -45.5,
}


@pytest.mark.parametrize("name", SOUND_NAMES)
def test_loudness_is_as_the_page_says(name: str) -> None:
    sound = render(name, accent=False, rate_hz=48_000)
    beats = np.zeros(4 * 48_000 + len(sound))
    for k in range(8):
        beats[24_000 * k : 24_000 * k + len(sound)] += sound * 10 ** (-18 / 20)
    assert loudness_lufs(beats[: 4 * 48_000], 48_000) == pytest.approx(LOUDNESS_LUFS[name], abs=0.3)


def test_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WrongUse, match=r"'gong' does not exist; choose one of click, .*drum"):
        render("gong", accent=False, rate_hz=48_000)


def test_rendered_sounds_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        render("click", accent=False, rate_hz=48_000)[0] = 0.5
