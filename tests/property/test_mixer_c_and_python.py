"""The mixer in C and its reference in Python do the same, whatever they are told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rascue.audio.mixer import ReferenceMixer
from rascue.audio.native_mixer import NativeMixer

NOISE = np.random.default_rng(1).uniform(-1, 1, 700).astype(np.float32)
SOUNDS = (
    np.ones(1, np.float32),
    NOISE,
    NOISE[:90].copy(),
    np.linspace(1, 0, 300, dtype=np.float32),
    np.array([1.0, np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-44], np.float32),
)


@dataclass(frozen=True)
class Play:
    in_frames: int
    sound: int
    left: float
    right: float


@dataclass(frozen=True)
class CancelFrom:
    in_frames: int


@dataclass(frozen=True)
class Fade:
    ramp: int


@dataclass(frozen=True)
class Render:
    frames: int


Action = Play | CancelFrom | Fade | Render

gains = st.floats(0, 4, width=32) | st.sampled_from([0.5, 1.0, 1e38, float("inf"), float("nan")])
actions = st.one_of(
    st.builds(Play, st.integers(-50, 600), st.integers(0, len(SOUNDS) - 1), gains, gains),
    st.builds(CancelFrom, st.integers(-200, 600)),
    st.builds(Fade, st.integers(-1, 500)),
    st.builds(Render, st.integers(0, 200)),
)
caps = st.floats(0, 1, width=32)

Told = tuple[NDArray[np.float32], list[tuple[int, int, str]]]


def carry_out(mixer: NativeMixer | ReferenceMixer, stream: list[Action]) -> Told:
    """Return all samples and all reports, those of each block in order of frames."""
    blocks = [np.empty((0, 2), np.float32)]
    told: list[tuple[int, int, str]] = []
    for number, action in enumerate(stream):
        match action:
            case Play(in_frames, sound, left, right):
                mixer.play(number, mixer.frame + in_frames, SOUNDS[sound], left, right)
            case CancelFrom(in_frames):
                mixer.cancel_from(mixer.frame + in_frames)
            case Fade(ramp):
                mixer.fade_all(ramp)
            case Render(frames):
                blocks.append(mixer.render(frames))
                told.extend(sorted(mixer.reports()))
    return np.concatenate(blocks), told


@settings(max_examples=250, deadline=None)
@given(stream=st.lists(actions, max_size=25), cap=caps)
@example([Play(95, 1, 1.0, 1.0), Render(200), Fade(240), Render(50), Fade(240), Render(300)], 1.0)
@example([Play(95, 1, 1.0, 1.0), Render(200), Fade(240), Render(50), Fade(400), Render(300)], 0.5)
@example(
    [Play(95, 0, float("nan"), 1.0), Play(96, 4, 2.0, 1.0), Play(97, 1, 2.0, 1.0), Render(800)], 0.5
)
def test_any_commands_give_the_same_samples_and_reports(stream: list[Action], cap: float) -> None:
    samples, told = carry_out(NativeMixer(2, cap), stream)
    expected, expected_told = carry_out(ReferenceMixer(2, cap), stream)
    np.testing.assert_array_equal(samples, expected)
    assert told == expected_told
    assert np.all(np.abs(samples) <= np.float32(cap))


@settings(max_examples=200, deadline=None)
@given(
    plays=st.lists(
        st.builds(Play, st.integers(95, 900), st.integers(0, 4), gains, gains), max_size=12
    ),
    blocks=st.lists(st.integers(0, 300), max_size=30),
    cap=caps,
)
def test_output_does_not_depend_on_the_division_into_blocks(
    plays: list[Play], blocks: list[int], cap: float
) -> None:
    parts: list[Action] = [*plays, *map(Render, blocks)]
    whole: list[Action] = [*plays, Render(sum(blocks))]
    samples, told = carry_out(NativeMixer(2, cap), parts)
    expected, expected_told = carry_out(NativeMixer(2, cap), whole)
    np.testing.assert_array_equal(samples, expected)
    assert sorted(told) == sorted(expected_told)


def test_both_refuse_what_exceeds_the_rings_and_forget_no_sound() -> None:
    mixers = NativeMixer(1, 1.0), ReferenceMixer(1, 1.0)
    for mixer in mixers:
        accepted = [mixer.play(k, 10_000 + k, SOUNDS[0], 1.0, 1.0) for k in range(300)]
        assert accepted == [True] * 256 + [False] * 44
        assert [mixer.cancel_from(10_100) for _ in range(300)] == [True] * 256 + [False] * 44
        mixer.render(1)
        assert len(list(mixer.reports())) == 156
        assert mixer.play(999, 0, SOUNDS[0], 1.0, 1.0)
        mixer.render(11_000)
        assert len(list(mixer.reports())) == 101
