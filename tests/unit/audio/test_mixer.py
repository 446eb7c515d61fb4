"""What the mixer promises, shown on the mixer in C and on its reference."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rascue.audio.mixer import ReferenceMixer
from rascue.audio.native_mixer import LEAD_FRAMES, NativeMixer
from rascue.core.types import BeatOutcome

Mixer = NativeMixer | ReferenceMixer

TONE = np.ones(3000, np.float32)
RAMP_FRAMES = 240
"""5 ms at 48 kHz."""


@pytest.fixture(params=[NativeMixer, ReferenceMixer])
def mixer(request: pytest.FixtureRequest) -> Mixer:
    made: Mixer = request.param(1, 1.0)
    return made


def rendered(mixer: Mixer, frames: int) -> NDArray[np.float32]:
    return mixer.render(frames)[:, 0]


def outcomes(mixer: Mixer) -> list[tuple[int, int, BeatOutcome]]:
    return list(mixer.reports())


def test_a_sound_begins_at_its_frame(mixer: Mixer) -> None:
    mixer.play(7, 1000, TONE, 0.25, 0.25)
    samples = rendered(mixer, 5000)
    assert np.flatnonzero(samples)[[0, -1]].tolist() == [1000, 3999]
    assert np.all(samples[1000:4000] == 0.25)
    assert outcomes(mixer) == [(7, 1000, BeatOutcome.PLAYED)]


def test_the_least_notice_is_the_lead(mixer: Mixer) -> None:
    rendered(mixer, 500)
    mixer.play(1, 500 + LEAD_FRAMES - 1, TONE, 0.5, 0.5)
    mixer.play(2, 500 + LEAD_FRAMES, TONE, 0.25, 0.25)
    samples = rendered(mixer, 200)
    assert np.all(samples[:LEAD_FRAMES] == 0.0)
    assert np.all(samples[LEAD_FRAMES:] == 0.25)
    assert outcomes(mixer) == [
        (1, 500 + LEAD_FRAMES - 1, BeatOutcome.LATE),
        (2, 500 + LEAD_FRAMES, BeatOutcome.PLAYED),
    ]


def test_cancel_takes_back_only_what_starts_later(mixer: Mixer) -> None:
    for number, frame in enumerate((300, 500, 501)):
        mixer.play(number, frame, TONE[:10], 0.5, 0.5)
    mixer.cancel_from(501)
    samples = rendered(mixer, 600)
    assert np.flatnonzero(samples).tolist() == [*range(300, 310), *range(500, 510)]
    assert sorted(outcomes(mixer)) == [
        (0, 300, BeatOutcome.PLAYED),
        (1, 500, BeatOutcome.PLAYED),
        (2, 501, BeatOutcome.CANCELLED),
    ]


def test_cancel_leaves_what_sounds(mixer: Mixer) -> None:
    mixer.play(1, 100, TONE, 0.5, 0.5)
    rendered(mixer, 200)
    mixer.cancel_from(0)
    assert np.all(rendered(mixer, 100) == 0.5)


def test_fade_goes_evenly_to_silence_within_the_ramp(mixer: Mixer) -> None:
    mixer.play(1, 100, TONE, 0.8, 0.8)
    before = rendered(mixer, 600)[-1]
    mixer.fade_all(RAMP_FRAMES)
    after = rendered(mixer, 1000)
    assert np.all(after[RAMP_FRAMES - 1 :] == 0.0)
    steps = np.diff(np.concatenate([[before], after[:RAMP_FRAMES]]))
    np.testing.assert_allclose(steps, -0.8 / RAMP_FRAMES, atol=1e-6)


def test_a_second_longer_fade_does_not_prolong_the_first(mixer: Mixer) -> None:
    mixer.play(1, 100, TONE, 0.8, 0.8)
    rendered(mixer, 600)
    mixer.fade_all(RAMP_FRAMES)
    rendered(mixer, 40)
    mixer.fade_all(10 * RAMP_FRAMES)
    after = rendered(mixer, 2000)
    assert np.all(after[RAMP_FRAMES - 40 :] == 0.0)
    assert np.all(np.diff(after) <= 0.0)


@pytest.mark.parametrize("ramp", [-1, 0, 1, LEAD_FRAMES])
def test_a_ramp_shorter_than_the_lead_is_kept_too(mixer: Mixer, ramp: int) -> None:
    mixer.play(1, 100, TONE, 0.8, 0.8)
    rendered(mixer, 600)
    mixer.fade_all(ramp)
    assert np.all(rendered(mixer, 500)[max(ramp, 1) - 1 :] == 0.0)


def test_fade_drops_what_was_given_before_and_plays_what_is_given_after(mixer: Mixer) -> None:
    mixer.play(1, 400, TONE[:10], 0.5, 0.5)
    mixer.fade_all(RAMP_FRAMES)
    mixer.play(2, 410, TONE[:10], 0.5, 0.5)
    samples = rendered(mixer, 600)
    assert np.flatnonzero(samples).tolist() == list(range(410, 420))
    assert sorted(outcomes(mixer)) == [
        (1, 400, BeatOutcome.CANCELLED),
        (2, 410, BeatOutcome.PLAYED),
    ]


def test_limiter_comes_down_before_the_peak_and_recovers() -> None:
    mixer = NativeMixer(1, 0.5)
    mixer.play(1, 1000, TONE, 0.4, 0.4)
    mixer.play(2, 2000, TONE[:100], 0.6, 0.6)
    samples = rendered(mixer, 4000)
    assert np.all(samples[1000 : 2000 - LEAD_FRAMES] == np.float32(0.4))
    assert np.all(np.diff(samples[2000 - LEAD_FRAMES : 2000]) < 0.0)
    np.testing.assert_allclose(samples[2000:2100], 0.5, rtol=1e-5)
    assert np.all(np.diff(samples[2200:4000]) >= 0.0)
    # Half of the way up again: a gain of 0.5 has become more than 1 - 0.5 * exp(-1.8e3 / 4096).
    assert samples[3999] > 0.4 * (1 - 0.5 * np.exp(-1800 / 4096)) - 1e-3


def test_no_sample_exceeds_the_cap_in_a_million_random_frames() -> None:
    rng = np.random.default_rng(5)
    cap = np.float32(10 ** (-6 / 20))
    mixer = NativeMixer(2, float(cap))
    peak = 0.0
    for number in range(1000):
        sound = rng.standard_normal(rng.integers(1, 2000)).astype(np.float32)
        sound[rng.integers(0, len(sound))] = rng.choice([np.nan, np.inf, -np.inf, 1e30, 0.0])
        mixer.play(number, mixer.frame + int(rng.integers(95, 2000)), sound, *rng.uniform(0, 8, 2))
        peak = max(peak, float(np.abs(mixer.render(1000)).max()))
        outcomes(mixer)
    assert peak <= cap
    assert peak > 0.9 * cap


@pytest.mark.parametrize(
    ("channels", "cap"), [(0, 0.5), (3, 0.5), (1, 1.5), (1, -0.1), (1, float("nan"))]
)
def test_impossible_mixers_are_refused(channels: int, cap: float) -> None:
    with pytest.raises(ValueError, match="cannot be made"):
        NativeMixer(channels, cap)


@pytest.mark.parametrize("kind", [NativeMixer, ReferenceMixer])
def test_each_channel_has_its_own_gain(kind: type[Mixer]) -> None:
    mixer = kind(2, 1.0)
    mixer.play(1, 100, TONE, 0.5, 0.25)
    block = mixer.render(200)
    np.testing.assert_array_equal(block[100:, 0], TONE[:100] * np.float32(0.5))
    np.testing.assert_array_equal(block[100:, 1], TONE[:100] * np.float32(0.25))


@pytest.mark.parametrize("kind", [NativeMixer, ReferenceMixer])
def test_a_loud_sample_on_one_side_turns_both_down_alike(kind: type[Mixer]) -> None:
    mixer = kind(2, 0.5)
    mixer.play(1, 100, np.ones(300, np.float32), 1.0, 0.25)
    block = mixer.render(300)
    np.testing.assert_allclose(block[200:, 0], 0.5, atol=1e-6)
    np.testing.assert_allclose(block[200:, 1], 0.125, atol=1e-6)
