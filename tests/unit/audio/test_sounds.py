"""Cue sounds: onset on the first sample, peak 1, names that can be looked up."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.audio.sounds import RECIPES, SOUND_NAMES, render
from rascue.core.errors import WrongUse

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


@pytest.mark.parametrize("name", SOUND_NAMES)
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
        assert sum(part.share for part in recipe.partials) == pytest.approx(1.0), name


def test_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WrongUse, match=r"'gong' does not exist; choose one of click, .*drum"):
        render("gong", accent=False, rate_hz=48_000)


def test_rendered_sounds_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        render("click", accent=False, rate_hz=48_000)[0] = 0.5
