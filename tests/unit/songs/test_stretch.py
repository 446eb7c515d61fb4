import numpy as np
import pytest

from rascue.songs.making.stretch import stretched
from rascue.songs.time_line import FACTORS, apart, time_line
from rascue.testing.song_pieces import RATE_HZ

NONE = np.zeros(0, np.int64)


def versions(song, factors, kept=NONE):
    made = [[] for _ in factors]
    stretched(
        song, factors, kept, lambda parts: [m.append(p) for m, p in zip(made, parts, strict=True)]
    )
    return [np.concatenate(parts) for parts in made]


@pytest.mark.parametrize("hz", [220.0, 1501.0])
def test_a_tone_keeps_its_pitch_and_stays_pure(hz):
    t_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = (0.5 * np.sin(2 * np.pi * hz * t_s)).astype(np.float32)
    for factor, made in zip((0.9, 1.1), versions(tone, (0.9, 1.1)), strict=True):
        assert len(made) == round(len(tone) / factor)
        middle = made[RATE_HZ // 2 : RATE_HZ].astype(float)
        at_s = np.arange(len(middle)) / RATE_HZ
        waves = np.stack([np.sin(2 * np.pi * hz * at_s), np.cos(2 * np.pi * hz * at_s)], axis=1)
        fit, *_ = np.linalg.lstsq(waves, middle, rcond=None)
        assert (middle - waves @ fit).std() < 1e-3 * middle.std()
        assert np.hypot(*fit) == pytest.approx(0.5, rel=0.01)


def test_an_attack_is_copied_to_its_own_place():
    song = np.zeros(RATE_HZ, np.float32)
    attacks = np.array([12_000, 24_000, 36_000])
    song[attacks] = 1.0
    for factor, made in zip((0.88, 1.12), versions(song, (0.88, 1.12), attacks), strict=True):
        places = np.rint(attacks / factor).astype(int)
        for place in places:
            top = place - 300 + int(np.abs(made[place - 300 : place + 300]).argmax())
            assert abs(top - place) <= 1
            assert made[top] > 0.9


def test_the_own_tempo_is_the_song_itself():
    song = np.random.default_rng(1).uniform(-0.5, 0.5, 30_000).astype(np.float32)
    (same,) = versions(song, (1.0,))
    assert np.abs(same[4096:-4096] - song[4096:-4096]).max() < 1e-4


def test_every_tempo_within_the_range_has_a_version_within_one_percent():
    wished = np.linspace(0.88, 1.12, 500)
    nearest = np.abs(np.array(FACTORS)[:, None] / wished - 1).min(axis=0)
    assert nearest.max() <= 0.0115


def test_lines_rise_and_end_where_they_must():
    rng = np.random.default_rng(2)
    kept = apart(rng.integers(0, 480_000, 300))
    for factor in FACTORS:
        line = time_line(480_000, factor, kept)
        assert np.all(np.diff(line.version) > 0)
        assert np.all(np.diff(line.song) > 0)
        assert line.in_version(480_000) == pytest.approx(480_000 / factor)
