import json

import numpy as np
import pytest

from rascue.songs.finding.choice import shipped_weights
from rascue.songs.finding.rows import Row
from rascue.testing.song_grooves import GROOVES, mixed_groove
from rascue.testing.song_training import Example, fitted, left_out, outcome, written

BEATS = np.arange(100.0, 4000.0, 100.0)


def test_every_part_of_a_groove_lasts_whole_bars():
    assert len(GROOVES) >= 70
    for groove in GROOVES.values():
        assert all(len(part) % groove.beats == 0 for part in groove.parts.values()), groove.name
        assert 50 <= groove.bpm[0] < groove.bpm[1] <= 215


def test_nothing_held_out_is_learned_from():
    known = {name for name, groove in GROOVES.items() if not groove.held_out}
    held = {groove.name for groove in GROOVES.values() if groove.held_out}
    assert 30 <= len(held) <= len(GROOVES) / 2
    names = {mixed_groove(np.random.default_rng(seed)).name for seed in range(40)}
    assert names <= known


def example(kind, seed):
    """Two rows, of which the one with more bass is the beat."""
    rng = np.random.default_rng(seed)
    rows = [Row(BEATS, 1.0, 0.0), Row(BEATS + 50, 1.0, 0.0)]
    figures = [{"bass": b + rng.normal(0, 0.1), "noise": rng.normal()} for b in (1.0, 0.5)]
    right = np.array([True, False])
    return Example(kind, rows, figures, BEATS * 0.005, right, right)


def test_what_tells_the_beat_gets_a_weight_and_holds_for_kinds_left_out(tmp_path):
    songs = [example(f"kind {seed % 8}", seed) for seed in range(40)]
    weights = fitted(songs)
    assert weights.family[0] > 4 * abs(weights.family[1])
    assert outcome(songs[0], weights)[:2] == (1.0, 1.0)
    assert left_out(songs)[:, 1].mean() > 0.9
    written(weights, tmp_path / "weights.json")
    table = json.loads((tmp_path / "weights.json").read_text())
    assert table["bass"][2] == pytest.approx(weights.family[0], rel=1e-3)


def test_the_weights_shipped_are_all_there():
    weights = shipped_weights()
    assert len(weights.names) == len(set(weights.names)) > 100
    assert np.all(weights.spread > 0)
    assert np.all(np.isfinite([weights.family, weights.level]))
