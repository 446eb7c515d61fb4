"""Clicks under a busy interpreter, captured from a real sound server: on their planned frames."""

from __future__ import annotations

import os

import pytest

from rascue.testing import jack_server, sound_server
from rascue.testing.audio_placement import Placement, through_jack, through_sound_server

pytestmark = pytest.mark.slow

COUNT = 8
"""The benchmark plays 600."""


def need(missing: str | None) -> None:
    if missing is not None:
        message = f"{missing} is not installed"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


def judged(row: Placement) -> tuple[int, int | None, int | None]:
    return row.n_heard, row.frame_error, row.late


def test_every_onset_is_on_its_planned_frame() -> None:
    need(sound_server.missing_program())
    row = through_sound_server("ours", COUNT)
    if row.path_breaks:  # a stalled machine interrupts the server itself (AUDIO.md 11, 2)
        row = through_sound_server("ours", COUNT)
    assert judged(row) == (COUNT, 0, 0), row


def test_small_blocks_through_jack_lose_no_click() -> None:
    need(jack_server.missing_program())
    row = through_jack(COUNT)
    assert row.late == 0, row
