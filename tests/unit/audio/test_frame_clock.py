"""The line between frames of a device and engine time, on simulated devices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from rascue.audio.frame_clock import FrameClock
from rascue.core.clockmap import ClockMap

RATE_HZ = 48_000
BLOCK = 256
POLL_BLOCKS = 9
"""Blocks between two polls of 48 ms."""

Times = NDArray[np.float64]


class Device:
    """Asks for blocks by a clock of its own; its requests come late by a random time."""

    def __init__(self, minutes: float, ppm: Callable[[Times], Times]) -> None:
        n = int(minutes * 60 * RATE_HZ / BLOCK)
        nominal_s = np.arange(n) * BLOCK / RATE_HZ
        lengths_s = BLOCK / RATE_HZ * (1 - ppm(nominal_s[:-1]) * 1e-6)
        self.true_s = 5.0 + np.concatenate([[0.0], np.cumsum(lengths_s)])
        self.late_s = np.zeros(n)

    def delayed(self, mean_s: float, outlier_share: float, outlier_max_s: float) -> Device:
        rng = np.random.default_rng(3)
        n = len(self.true_s)
        outliers_s = rng.uniform(0, outlier_max_s, n) * (rng.random(n) < outlier_share)
        self.late_s = rng.exponential(mean_s, n) + outliers_s
        return self

    def stepped(self, at_s: float, by_s: float) -> Device:
        self.true_s = self.true_s + by_s * (self.true_s > 5.0 + at_s)
        return self

    def requests(self) -> list[tuple[int, int]]:
        asked_s = np.maximum.accumulate(self.true_s + self.late_s)
        frames = range(0, BLOCK * len(asked_s), BLOCK)
        return list(zip(frames, np.rint(asked_s * 1e9).astype(int).tolist(), strict=True))


def feed(clock: FrameClock, requests: list[tuple[int, int]]) -> None:
    for frame, at_ns in requests:
        clock.add(frame, at_ns)


def maps_at_polls(device: Device) -> list[tuple[int, ClockMap | None]]:
    """Return for each poll the number of blocks asked for so far and the map."""
    clock = FrameClock(RATE_HZ)
    requests = device.requests()
    polls = []
    for first in range(0, len(requests) - POLL_BLOCKS, POLL_BLOCKS):
        feed(clock, requests[first : first + POLL_BLOCKS])
        polls.append((first + POLL_BLOCKS, clock.map()))
    return polls


def errors_and_steps_s(device: Device) -> tuple[Times, Times]:
    """Return the error of each map at the present frame, and how far each update moved it."""
    errors, steps = [], []
    last = None
    for n_blocks, present in maps_at_polls(device):
        if present is None:
            last = None
            continue
        now_s = present.to_engine(n_blocks * BLOCK) / 1e9
        errors.append(now_s - device.true_s[n_blocks])
        if last is not None:
            steps.append(now_s - last.to_engine(n_blocks * BLOCK) / 1e9)
        last = present
    return np.array(errors), np.array(steps)


@pytest.mark.parametrize(
    "ppm",
    [
        lambda t: np.full(t.shape, 200.0),
        lambda t: np.full(t.shape, -200.0),
        lambda t: 200.0 * np.sin(2 * np.pi * t / 3600),
    ],
    ids=["fast", "slow", "wandering"],
)
def test_an_hour_of_drift_and_late_requests(ppm: Callable[[Times], Times]) -> None:
    device = Device(60, ppm).delayed(0.3e-3, 0.01, 30e-3)
    errors_s, steps_s = errors_and_steps_s(device)
    assert len(errors_s) * POLL_BLOCKS * BLOCK / RATE_HZ > 60 * 60 - 2
    assert abs(errors_s.mean()) < 0.05e-3
    assert np.abs(errors_s).max() < 0.5e-3
    assert np.abs(steps_s).max() < 0.1e-3


def test_maps_never_run_backwards() -> None:
    device = Device(5, lambda t: np.full(t.shape, 200.0)).delayed(2e-3, 0.05, 60e-3)
    present_ns = [m.to_engine(n * BLOCK) for n, m in maps_at_polls(device) if m is not None]
    assert np.all(np.diff(present_ns) > 0)


def test_no_map_until_it_is_certain() -> None:
    device = Device(0.1, lambda t: np.zeros(t.shape)).delayed(0.3e-3, 0.0, 0.0)
    polls = maps_at_polls(device)
    unknown = [n * BLOCK / RATE_HZ for n, m in polls if m is None]
    assert unknown == [n * BLOCK / RATE_HZ for n, _ in polls[: len(unknown)]]
    assert 0.4 <= max(unknown) <= 0.8


def test_no_map_of_a_device_that_is_too_unsteady() -> None:
    device = Device(1, lambda t: np.zeros(t.shape))
    windows = np.random.default_rng(2).uniform(0, 30e-3, 1000)
    device.late_s = np.repeat(windows, 50)[: len(device.true_s)]
    known = [n for n, m in maps_at_polls(device) if m is not None]
    assert len(known) < 0.1 * len(maps_at_polls(device))


@pytest.mark.parametrize("by_s", [0.02, 0.2])
def test_a_step_of_the_device_is_found_and_learned_anew(by_s: float) -> None:
    device = Device(0.5, lambda t: np.full(t.shape, 50.0)).delayed(0.3e-3, 0.01, 6e-3)
    device.stepped(at_s=10, by_s=by_s)
    polls = maps_at_polls(device)
    after = [(n, m) for n, m in polls if device.true_s[n] > 5.0 + 10 + by_s + 3.0]
    assert any(m is None for n, m in polls if 10 < device.true_s[n] - 5.0 < 13)
    for n, m in after:
        assert m is not None
        assert abs(m.to_engine(n * BLOCK) / 1e9 - device.true_s[n]) < 0.5e-3


def test_a_device_that_fills_its_buffer_first_is_followed_within_three_seconds() -> None:
    # As PulseAudio does with a sink that was idle: one request, then a pause of 0.65 s.
    device = Device(0.1, lambda t: np.zeros(t.shape)).delayed(0.3e-3, 0.0, 0.0)
    device.true_s[1:] += 0.654
    known_s = [device.true_s[n] - 5.0 for n, m in maps_at_polls(device) if m is not None]
    assert min(known_s) < 3.0
    assert max(known_s) > 5.5


def test_after_an_underflow_the_rate_is_kept_and_the_map_is_back_within_the_horizon() -> None:
    device = Device(0.5, lambda t: np.full(t.shape, 150.0)).delayed(0.3e-3, 0.0, 0.0)
    requests = device.requests()
    clock = FrameClock(RATE_HZ)
    feed(clock, requests[:3000])
    clock.restart()
    assert clock.map() is None
    gap_ns = 12_000_000
    blocks_of_150_ms = 28
    feed(clock, [(f, at + gap_ns) for f, at in requests[3000 : 3000 + blocks_of_150_ms]])
    found = clock.map()
    assert found is not None
    assert found.rate_hz == pytest.approx(RATE_HZ * (1 + 150e-6), rel=10e-6)
    for n_blocks in (3000, 3200):
        expected_ns = device.true_s[n_blocks] * 1e9 + gap_ns
        assert found.to_engine(n_blocks * BLOCK) == pytest.approx(expected_ns, abs=0.3e6)
