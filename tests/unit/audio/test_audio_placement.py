"""Judging a capture: what a fault of ours, and a fault of the path, would look like."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rascue.testing.audio_placement import SPACING, onsets, placement, stream_frames
from rascue.testing.audio_players import click, pilot

FIRST = 24_000
BEATS = 8
PLANNED = [FIRST + 48_000 + k * SPACING for k in range(BEATS)]
TOLD = {"first": FIRST, "planned": PLANNED, "late": 0, "underflows": 0}
LENGTH = PLANNED[-1] + 20_000
LEAD = 777
"""Frames captured before the stream began."""


def capture(frames: list[int]) -> NDArray[np.float32]:
    """Return what is recorded when clicks sound at these frames of the stream."""
    stream = np.zeros((LENGTH, 2), np.float32)
    for frame in frames:
        stream[frame : frame + len(click()), 0] = click()
    stream[FIRST:, 1] = pilot(LENGTH - FIRST)
    return np.concatenate([np.zeros((LEAD, 2), np.float32), stream])


def test_a_perfect_capture_has_no_error() -> None:
    row = placement("ours", capture(PLANNED), TOLD, BEATS)
    assert (row.n_heard, row.frame_error, row.path_breaks) == (BEATS, 0, 0)
    assert row.interval_sd_ms == row.interval_max_ms == 0.0


def test_a_click_one_frame_off_is_seen() -> None:
    moved = [*PLANNED[:3], PLANNED[3] + 1, *PLANNED[4:]]
    row = placement("ours", capture(moved), TOLD, BEATS)
    assert row.frame_error == 1
    assert row.interval_max_ms == pytest.approx(1 / 48)


def test_a_gap_in_the_path_is_not_taken_for_an_error_of_ours() -> None:
    whole = capture(PLANNED)
    cut = LEAD + PLANNED[4] - 2000
    broken = np.concatenate([whole[:cut], whole[cut + 512 :]])
    row = placement("ours", broken, TOLD, BEATS)
    assert (row.frame_error, row.path_breaks) == (0, 1)
    assert row.interval_max_ms == pytest.approx(512 / 48)


def test_a_click_that_is_missing_leaves_the_interval_a_multiple() -> None:
    row = placement("naive", capture([*PLANNED[:3], *PLANNED[4:]]), {}, BEATS)
    assert (row.n_heard, row.interval_max_ms) == (BEATS - 1, 0.0)
    assert row.frame_error is row.late is row.path_breaks is None


def test_silence_is_no_pilot() -> None:
    frames, breaks = stream_frames(np.zeros(100, np.float32), FIRST)
    assert np.all(frames == -1)
    assert breaks == 0
    assert len(onsets(np.zeros(100, np.float32))) == 0
