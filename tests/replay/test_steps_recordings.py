"""Step detectors on recorded walks: they keep the figures they have reached, and beat the floor.

Recordings of each kind of placement, chosen as every n-th line of the manifest and none by its
result; bounds are the figures of docs/detectors.md with a margin for the smaller set.
"""

from __future__ import annotations

import os
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rascue.core.types import ImuBlock, SourceInfo, StepEvent
from rascue.sensor.recording import load_recording
from rascue.steps.choose import detector_for
from rascue.testing.prediction_scoring import STEADY_RATIO, prediction_errors
from rascue.testing.steps_scoring import (
    Detections,
    figures,
    load_script,
    our_detector,
    run_naive,
    score_folder,
)
from rascue.testing.still_legs import false_steps_while_still, still_stretches_s

EVERY = {"foot": 6, "lower_back": 1, "pocket": 1}
BACK = "mobgap_HA001_Test5_Trial1_lower_back.npz"
FOOT = "gaitmap_5047_2x20m_left_foot.npz"


def placement_of(row: dict[str, str]) -> str:
    for name in ("foot", "lower_back"):
        if name in row["location"]:
            return name
    return "pocket"


class EveryNth:
    """Keeps every n-th recording of one placement."""

    def __init__(self, placement: str) -> None:
        self._placement = placement
        self._seen = -1

    def __call__(self, row: dict[str, str]) -> bool:
        if placement_of(row) != self._placement:
            return False
        self._seen += 1
        return self._seen % EVERY[self._placement] == 0


@pytest.fixture(scope="session")
def data(gait_file) -> Path:
    return gait_file("manifest.csv").parent


@pytest.fixture(scope="session")
def tools(data) -> Path:
    folder = Path(os.environ.get("RASCUE_GAIT_TOOLS", data.parents[1] / "tools"))
    if not (folder / "score_steps.py").exists():
        message = f"{folder} holds no score_steps.py; set RASCUE_GAIT_TOOLS"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def scored(data, tools):
    scorer = load_script(tools, "score_steps")
    naive = load_script(tools, "naive_steps")

    @cache
    def run(placement: str) -> tuple[Any, Any]:
        ours = score_folder(data, our_detector, EveryNth(placement))
        floor = score_folder(data, lambda path: run_naive(path, naive), EveryNth(placement))
        return figures(ours, scorer), figures(floor, scorer)

    return run


AT_LEAST = {
    "foot": {"f1_025": 0.98, "f1_010": 0.957},
    "lower_back": {"f1_025": 0.955, "f1_010": 0.925},
    "pocket": {"f1_025": 0.98},
}
AT_MOST = {
    "foot": {"mae_ms": 8.0, "delay_p50_ms": 20.0, "delay_p95_ms": 60.0, "cadence_error_spm": 0.9},
    "lower_back": {
        "mae_ms": 22.0,
        "delay_p50_ms": 60.0,
        "delay_p95_ms": 155.0,
        "cadence_error_spm": 1.2,
    },
    "pocket": {"delay_p50_ms": 20.0, "delay_p95_ms": 150.0, "cadence_error_spm": 0.6},
}


@pytest.mark.parametrize("placement", list(EVERY))
def test_figures_are_kept(scored, placement) -> None:
    found, _ = scored(placement)
    low = {name: found[name] for name, bound in AT_LEAST[placement].items() if found[name] < bound}
    high = {name: found[name] for name, bound in AT_MOST[placement].items() if found[name] > bound}
    assert (low, high) == ({}, {})


@pytest.mark.parametrize("placement", ["foot", "lower_back"])
def test_the_simple_detector_is_beaten(scored, placement) -> None:
    ours, floor = scored(placement)
    assert ours["f1_025"] > floor["f1_025"] + 0.01


def test_hardly_a_step_is_told_while_the_legs_are_still(data) -> None:
    still_s, false = false_steps_while_still(data)
    assert still_s > 600.0
    assert 60.0 * false / still_s < 0.45


def test_a_sensor_is_still_while_on_and_at_rest() -> None:
    acc = np.tile(np.float32([0.0, 0.0, 9.81]), (1000, 1))
    acc[:100] = 0.0
    acc[500:600, 0] = 3.0 * np.sin(np.arange(100))
    before, after = still_stretches_s(acc, 50.0)
    assert before == pytest.approx((2.5, 9.5), abs=0.05)
    assert after == pytest.approx((12.5, 19.5), abs=0.05)


def test_prediction_of_the_next_contact(scored) -> None:
    foot, back = scored("foot")[0], scored("lower_back")[0]
    assert foot["prediction_sd_ms"] <= 32.0
    assert foot["prediction_at_horizon_sd_ms"] <= 25.0
    assert foot["prediction_loose_sd_ms"] <= 42.0
    assert back["prediction_loose_sd_ms"] <= 35.0
    assert back["prediction_sd_ms"] <= 25.0
    assert 0.6 < foot["prediction_within_sd"] < 0.85
    assert foot["prediction_within_two_sd"] > 0.9


def test_predictions_are_only_scored_where_the_walk_is_steady(data, tools) -> None:
    scorer = load_script(tools, "score_steps")
    (row,) = score_folder(data, our_detector, lambda row: row["file"] == FOOT)
    errors = prediction_errors(row, scorer, 0.0)
    steady = errors[errors[:, 2] <= STEADY_RATIO]
    assert 5 < len(steady) < len(errors) < len(row.reference.contacts_s)


def times_s(path: Path, rotation: np.ndarray, rate_hz: float | None = None) -> np.ndarray:
    """Return the contacts found after mounting the sensor another way and sampling anew."""
    recording = load_recording(path)
    acc, gyr = recording.acc_mps2 @ rotation.T, recording.gyr_dps @ rotation.T
    t_s, info = recording.t_ns / 1e9, recording.info
    if rate_hz is not None:
        even_s = np.arange(0.0, t_s[-1], 1.0 / rate_hz)
        acc, gyr = (
            np.stack([np.interp(even_s, t_s, signal[:, k]) for k in range(3)], axis=1)
            for signal in (acc, gyr)
        )
        t_s = even_s
        info = SourceInfo(info.source_id, info.placement, rate_hz, info.has_gyro)
    t_ns = np.round(t_s * 1e9).astype(np.int64)
    block = ImuBlock("sensor", 0, t_ns, acc.astype(np.float32), gyr.astype(np.float32))
    steps = [e for e in detector_for(info).process(block) if isinstance(e, StepEvent)]
    return np.array([step.ic_ns for step in steps]) / 1e9


def random_rotation(seed: int) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return q * np.sign(np.linalg.det(q))


def right_angles() -> list[np.ndarray]:
    """Return the 24 ways to mount a box with its sides along the same axes."""
    signed = [
        np.diag(signs) @ np.eye(3)[list(order)]
        for order in [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
        for signs in [(a, b, c) for a in (1, -1) for b in (1, -1) for c in (1, -1)]
    ]
    return [r for r in signed if np.linalg.det(r) > 0]


@pytest.mark.parametrize("name", [BACK, FOOT])
def test_a_right_angle_mounting_changes_nothing(gait_file, name) -> None:
    path = gait_file(name)
    expected = times_s(path, np.eye(3))
    mountings = right_angles()
    assert len(mountings) == 24
    for rotation in mountings:
        assert times_s(path, rotation) == pytest.approx(expected, abs=1e-3)


def test_no_mounting_at_the_back_changes_anything(gait_file) -> None:
    path = gait_file(BACK)
    assert times_s(path, random_rotation(5)) == pytest.approx(times_s(path, np.eye(3)), abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_a_foot_sensor_worn_askew_tells_the_same_steps(gait_file, seed) -> None:
    path = gait_file(FOOT)
    expected, found = times_s(path, np.eye(3)), times_s(path, random_rotation(seed))
    assert len(found) == len(expected)
    assert np.abs(found - expected).max() < 0.1


@pytest.mark.parametrize("placement", ["foot", "lower_back"])
def test_the_sampling_rate_changes_little(data, tools, placement) -> None:
    scorer = load_script(tools, "score_steps")

    def f1(rate_hz: float | None) -> float:
        def run(path: Path) -> Detections:
            return Detections(t_s=list(times_s(path, np.eye(3), rate_hz)))

        rows = score_folder(data, run, EveryNth(placement))
        offset_s = -0.01
        return scorer.pool(
            [
                scorer.score(
                    row.reference.contacts_s,
                    row.found.t_s,
                    0.25,
                    row.reference.valid_s,
                    bias=offset_s,
                )
                for row in rows
            ]
        )["f1"]

    assert f1(104.2) == pytest.approx(f1(None), abs=0.005)
    assert f1(50.0) == pytest.approx(f1(None), abs=0.01)


@pytest.mark.parametrize("name", [BACK, FOOT])
def test_blocks_of_any_size_give_the_same_contacts(gait_file, name) -> None:
    recording = load_recording(gait_file(name))
    expected = None
    for size in (1, 10, 97, 2 * round(recording.info.rate_hz)):
        detector, events = detector_for(recording.info), []
        cuts = [*range(0, len(recording.t_ns), size), len(recording.t_ns)]
        for start, stop in pairwise(cuts):
            part = slice(start, stop)
            block = ImuBlock(
                "sensor",
                0,
                recording.t_ns[part],
                recording.acc_mps2[part],
                recording.gyr_dps[part],
            )
            events += detector.process(block)
        expected = expected or events
        assert events == expected
