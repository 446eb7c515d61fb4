"""Finding the end of sound after each stop in a capture that was made up."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.clockmap import ClockMap
from rascue.core.types import DacFrame, EngineNs
from rascue.testing.audio_stops import Stop, judged

RATE_HZ = 48_000
CLOCKS = [(EngineNs(0), ClockMap(0, EngineNs(0), RATE_HZ, 0.0, 1))]
CYCLE = RATE_HZ


def made_up(lasts_ms: list[float], lost_at: int | None = None):
    """Return a capture that begins 5000 frames late, and its stops 0.5 s after each beat."""
    sound = np.zeros((len(lasts_ms) + 1) * CYCLE, np.float32)
    stops = []
    for number, lasts in enumerate(lasts_ms):
        first = number * CYCLE + 100
        stops.append(Stop(EngineNs((first + CYCLE // 2) * 10**9 // RATE_HZ), DacFrame(first)))
        sound[first : first + CYCLE // 2 + round(lasts * 48)] = 0.1
    captured = np.concatenate([np.zeros(5000, np.float32), sound])
    if lost_at is not None:
        captured = np.delete(captured, slice(lost_at, lost_at + 500))
    return captured, stops


@pytest.mark.parametrize(
    ("lost_at", "expected_ms"),
    [(None, [5.0, 7.0, 11.0]), (5000 + 2 * CYCLE - 1000, [5.0, 11.0])],
)
def test_each_stop_has_its_own_time_and_a_broken_path_is_left_out(
    lost_at: int | None, expected_ms: list[float]
) -> None:
    captured, stops = made_up([5.0, 7.0, 11.0, 6.0], lost_at)
    np.testing.assert_allclose(judged(captured, stops, CLOCKS), expected_ms, atol=0.03)


def test_a_hole_within_a_sound_is_not_its_end() -> None:
    captured, stops = made_up([5.0, 7.0])
    captured[10_000:14_000] = 0
    np.testing.assert_allclose(judged(captured, stops, CLOCKS), [5.0], atol=0.03)
