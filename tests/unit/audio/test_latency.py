"""Calibration of latency, on simulated rooms and sensors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rascue.audio.latency import (
    N_CLICKS,
    SHORTEST_GAP_S,
    click_frames,
    latency_from,
    onsets_in_acceleration,
    onsets_in_sound,
)
from rascue.audio.sounds import render
from rascue.core.errors import RascueError
from rascue.core.types import DacFrame

RATE_HZ = 48_000
FRAMES = np.array(click_frames(DacFrame(9600), RATE_HZ, seed=4))
PLAYED_NS = (FRAMES * (10**9 / RATE_HZ)).astype(np.int64)


def room(delay_s: float, noise: float, echo: float = 0.4) -> NDArray[np.float32]:
    """Return what a microphone records: the clicks, one echo 8 ms later, and noise."""
    samples = np.random.default_rng(8).normal(0, noise, FRAMES[-1] + RATE_HZ)
    click = render("click", accent=False, rate_hz=RATE_HZ)
    for frame in FRAMES + round(delay_s * RATE_HZ):
        samples[frame : frame + len(click)] += 0.1 * click
        samples[frame + 384 : frame + 384 + len(click)] += 0.1 * echo * click
    return samples.astype(np.float32)


def heard_ns(onsets: NDArray[np.int64], rate_hz: float) -> list[int]:
    return np.rint(onsets * (1e9 / rate_hz)).astype(np.int64).tolist()


@pytest.mark.parametrize("delay_s", [0.0, 0.0123, 0.25])
@pytest.mark.parametrize("noise", [0.0, 0.003, 0.02])
def test_a_microphone_finds_the_latency_to_a_tenth_of_a_millisecond(
    delay_s: float, noise: float
) -> None:
    onsets = onsets_in_sound(room(delay_s, noise), RATE_HZ)
    found = latency_from((PLAYED_NS - 1000).tolist(), heard_ns(onsets, RATE_HZ))
    assert found.latency_s == pytest.approx(delay_s, abs=1e-4)
    assert found.iqr_s < 2e-4
    assert found.n_heard == found.n_played == N_CLICKS


@pytest.mark.parametrize("rate_hz", [104.0, 416.0])
def test_the_sensor_finds_it_from_its_own_shaking(rate_hz: float) -> None:
    delay_s = 0.031
    rng = np.random.default_rng(9)
    n = int((FRAMES[-1] / RATE_HZ + 1.0) * rate_hz)
    acc = rng.normal([0.0, 0.0, 9.81], 0.02, (n, 3))
    acc[:, 1] += 0.5 * np.sin(2 * np.pi * 0.3 * np.arange(n) / rate_hz)  # the hand moves
    shaken = np.ceil((FRAMES / RATE_HZ + delay_s) * rate_hz).astype(int)
    acc[shaken, 2] += 2.0
    onsets = onsets_in_acceleration(acc.astype(np.float32), rate_hz)
    found = latency_from(PLAYED_NS.tolist(), heard_ns(onsets, rate_hz), 1 / rate_hz)
    assert found.latency_s == pytest.approx(delay_s, abs=0.25 / rate_hz)
    assert found.n_heard == N_CLICKS


def test_too_few_clicks_are_refused() -> None:
    heard = (PLAYED_NS[:10] + 20_000_000).tolist()
    with pytest.raises(RascueError, match="10 of 20 clicks were heard, too few"):
        latency_from(PLAYED_NS.tolist(), heard)


def test_silence_is_refused() -> None:
    onsets = onsets_in_sound(np.zeros(RATE_HZ, np.float32), RATE_HZ)
    with pytest.raises(RascueError, match="0 of 20 clicks were heard"):
        latency_from(PLAYED_NS.tolist(), heard_ns(onsets, RATE_HZ))


def test_an_unsteady_output_is_refused() -> None:
    jitter_ns = np.random.default_rng(1).uniform(20e6, 40e6, N_CLICKS).astype(np.int64)
    with pytest.raises(RascueError, match=r"scatters by \d+\.\d ms"):
        latency_from(PLAYED_NS.tolist(), (PLAYED_NS + jitter_ns).tolist())


def test_clicks_taken_for_others_show_as_spread() -> None:
    heard = np.sort(np.concatenate([PLAYED_NS + 300_000_000, PLAYED_NS + 290_000_000]))
    shifted = np.delete(heard, slice(0, 40, 3))
    with pytest.raises(RascueError, match="calibration"):
        latency_from((PLAYED_NS + 100_000_000).tolist(), (shifted + 350_000_000).tolist())


def test_the_plan_of_clicks_is_irregular_and_repeatable() -> None:
    gaps_s = np.diff(FRAMES) / RATE_HZ
    assert len(FRAMES) == N_CLICKS
    assert gaps_s.min() >= SHORTEST_GAP_S - 1e-4
    assert gaps_s.std() > 0.05
    assert click_frames(DacFrame(9600), RATE_HZ, seed=4) == FRAMES.tolist()
    assert click_frames(DacFrame(9600), RATE_HZ, seed=5) != FRAMES.tolist()
