"""Beats to mixer commands and back: every beat gets one outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.audio.base import ScheduledSound
from rascue.audio.cue_player import CuePlayer, amplitude
from rascue.audio.naming import Sides
from rascue.audio.sounds import render
from rascue.core.types import BeatOutcome, DacFrame, PlayedFrame

RATE_HZ = 48_000


def beat(index: int, frame: int) -> ScheduledSound:
    return ScheduledSound(index, DacFrame(frame), "click", accent=False, level_dbfs=-18.0)


def test_outcomes_come_in_order_of_frames() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    for index, frame in [(5, 900), (6, 700), (7, 3), (8, 800)]:
        player.schedule(beat(index, frame))
    player.mixer.render(1000)
    assert player.outcomes() == (
        PlayedFrame(7, DacFrame(3), BeatOutcome.LATE),
        PlayedFrame(6, DacFrame(700), BeatOutcome.PLAYED),
        PlayedFrame(8, DacFrame(800), BeatOutcome.PLAYED),
        PlayedFrame(5, DacFrame(900), BeatOutcome.PLAYED),
    )
    assert player.outcomes() == ()


def test_the_same_beat_index_may_come_again() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(beat(1, 500))
    player.schedule(beat(1, 600))
    player.mixer.render(1000)
    assert [(p.beat_index, p.frame) for p in player.outcomes()] == [(1, 500), (1, 600)]


def test_beats_taken_back_stay_silent_even_when_the_ring_is_full() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(beat(1, 500))
    for _ in range(600):  # nobody takes the samples, as when a device hangs
        player.cancel_from(DacFrame(10_000))
    player.cancel_from(DacFrame(0))
    assert not player.mixer.render(2000).any()
    assert player.outcomes() == (PlayedFrame(1, DacFrame(500), BeatOutcome.CANCELLED),)


def test_a_lost_stream_leaves_no_beat_without_outcome() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(beat(1, 500))
    player.mixer.render(600)
    player.schedule(beat(2, 5000))
    player.abandon()
    assert [(p.beat_index, p.outcome) for p in player.outcomes()] == [
        (1, BeatOutcome.PLAYED),
        (2, BeatOutcome.CANCELLED),
    ]


def test_levels_above_full_scale_are_full_scale() -> None:
    assert amplitude(0.0) == amplitude(12.0) == 1.0
    assert abs(amplitude(-20.0) - 0.1) < 1e-12
    assert amplitude(float("-inf")) == 0.0


def heard(sides: Sides, channels: int) -> list[np.ndarray]:
    """Return what beats 0 and 1 sound like, each (2000, channels)."""
    player = CuePlayer(RATE_HZ, channels, -6.0)
    player.schedule(replace(beat(0, 1000), sound=f"click:{sides}"))
    player.schedule(replace(beat(1, 3000), sound=f"click:{sides}"))
    samples = player.mixer.render(5000)
    return [samples[1000:3000], samples[3000:]]


def test_sides_are_alike_unless_asked_for() -> None:
    even, odd = heard(Sides.ALIKE, 2)
    np.testing.assert_array_equal(even, odd)
    np.testing.assert_array_equal(even[:, 0], even[:, 1])


def test_each_ear_has_its_own_beats() -> None:
    even, odd = heard(Sides.EAR, 2)
    assert even[0, 0] > 0
    assert not even[:, 1].any()
    np.testing.assert_array_equal(odd[:, ::-1], even)


def test_one_channel_plays_all_beats_whatever_the_ear() -> None:
    even, odd = heard(Sides.EAR, 1)
    assert even[0, 0] > 0
    np.testing.assert_array_equal(even, odd)


def test_the_second_side_may_be_lower_and_equally_loud() -> None:
    even, odd = heard(Sides.TIMBRE, 1)
    assert even[0, 0] == odd[0, 0]
    assert np.argmin(odd[:30, 0]) > np.argmin(even[:30, 0])


def folk(index: int, frame: int, interval_s: float | None) -> ScheduledSound:
    return ScheduledSound(index, DacFrame(frame), "folk", False, -18.0, interval_s, intensity=1.0)


def test_music_has_its_beat_at_the_exact_frame_and_one_outcome() -> None:
    player = CuePlayer(RATE_HZ, 2, -6.0)
    player.schedule(folk(4, 20_000, 0.5))
    samples = player.mixer.render(60_000)
    assert not samples[:20_000].any()
    anchor = render("woodblock", accent=False, rate_hz=RATE_HZ)[0] * 10 ** (-18 / 20)
    assert samples[20_000, 0] > 0.5 * anchor
    assert player.outcomes() == (PlayedFrame(4, DacFrame(20_000), BeatOutcome.PLAYED),)
    assert player.mixer.awaited == 0


@pytest.mark.parametrize("interval_s", [0.4, 0.5, 0.8])
def test_notes_between_the_beats_follow_the_interval(interval_s: float) -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(
        ScheduledSound(0, DacFrame(1000), "halves", False, -18.0, interval_s, intensity=1.0)
    )
    samples = player.mixer.render(60_000)[:, 0]
    half = 1000 + round(0.5 * interval_s * RATE_HZ)
    assert abs(samples[half]) > 0.02
    assert np.abs(samples[half - 1000 : half]).max() < 1e-4


def test_without_an_interval_only_the_beat_itself_sounds() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(folk(0, 1000, None))
    player.mixer.render(1200)
    assert len(player.outcomes()) == 1
    assert player.mixer.awaited == 0


def test_beats_taken_back_take_their_notes_along() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    player.schedule(folk(0, 5000, 0.5))
    player.cancel_from(DacFrame(5000))
    assert not player.mixer.render(50_000).any()
    assert [played.outcome for played in player.outcomes()] == [BeatOutcome.CANCELLED]


def test_notes_never_take_the_place_of_beats() -> None:
    player = CuePlayer(RATE_HZ, 1, -6.0)
    for index in range(60):
        player.schedule(folk(index, 1000 + 100 * index, 0.5))
    player.mixer.render(100_000)
    played = player.outcomes()
    assert len(played) == 60
    assert sum(beat.outcome is BeatOutcome.PLAYED for beat in played) == 60
