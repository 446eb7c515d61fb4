"""Figures of the mixer that need no sound device; ``rascue bench audio`` prints them.

Times are shares of the time that the sound itself lasts, so that they can be compared between
machines: 1 % means that a second of sound costs 10 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from rascue.audio.base import ScheduledSound
from rascue.audio.catalog import make_ready
from rascue.audio.cue_player import MUSIC_SEED, CuePlayer, amplitude
from rascue.audio.music.instruments import instrument_sample
from rascue.audio.music.styles import STYLES
from rascue.audio.native_mixer import LEAD_FRAMES, NativeMixer
from rascue.audio.settings import AudioOutSettings
from rascue.audio.sounds import render
from rascue.core.types import DacFrame

SETTINGS = AudioOutSettings()
RATE_HZ = SETTINGS.rate_hz
CAP = amplitude(SETTINGS.level_max_dbfs)
COST_S = 20.0
"""Sound rendered for one figure, s."""

BEATS = 600
STOPS = 1000
RAMP_FRAMES = RATE_HZ // 200
"""5 ms."""

MIXES, MIX_FRAMES, MIXES_AT_ONCE, SOUNDS = 1_000_000, 32, 1000, 500
GAINS = (0.1, 1.0, 10.0, 1e6, 1e30)
STEADY = 0.1
"""Below the cap: what comes out of it shows the limiter's gain."""

RELEASE_FRAMES = 4096
"""The ramp at which the gain recovers from 0 to 1 (limiter.h)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str


def figures() -> tuple[Figure, ...]:
    """Measure everything; takes about half a minute."""
    stops_ms = stop_to_silence_ms()
    above_cap, rise_share = random_mixes(MIXES)
    music = [music_share_of_core_pct(name) for name in STYLES]
    ready_s = [music_ready_s(name) for name in STYLES]
    return (
        Figure("music, the costliest style at full intensity, 120/min", max(music), "% of a core"),
        Figure("music, its samples made at start, slowest style", max(ready_s), "s"),
        Figure("mixer, silence", share_of_core_pct(0), "% of a core"),
        Figure("mixer, 8 sounds at once, limiting", share_of_core_pct(8), "% of a core"),
        Figure("10^6 random mixes, largest sample, of the cap", above_cap, ""),
        Figure("10^6 random mixes, fastest rise of the gain, of its ramp", rise_share, ""),
        Figure("onset error, 600 beats in random blocks, largest", onset_error_frames(), "frames"),
        Figure("stop to silence, 1000 stops, 99 %", float(np.quantile(stops_ms, 0.99)), "ms"),
        Figure("stop to silence, 1000 stops, largest", float(stops_ms.max()), "ms"),
    )


def share_of_core_pct(sounds: int) -> float:
    """Return the cost of mixing while so many loud sounds overlap."""
    mixer = NativeMixer(2, CAP)
    length = round(COST_S * RATE_HZ)
    noise = np.random.default_rng(1).uniform(-1, 1, length).astype(np.float32)
    for number in range(sounds):
        mixer.play(number, LEAD_FRAMES, noise, CAP, CAP)
    began = perf_counter()
    for _ in range(length // SETTINGS.block_frames):
        mixer.render(SETTINGS.block_frames)
    return 100.0 * (perf_counter() - began) / COST_S


def music_share_of_core_pct(name: str) -> float:
    """Return the cost of planning, scheduling and mixing music with all its parts."""
    make_ready(name, RATE_HZ, MUSIC_SEED)
    player = CuePlayer(RATE_HZ, 2, SETTINGS.level_max_dbfs)
    interval = RATE_HZ // 2
    began = perf_counter()
    for index in range(round(COST_S * 2)):
        frame = DacFrame((index + 1) * interval)
        beat = ScheduledSound(index, frame, name, False, -18.0, interval / RATE_HZ, 1.0)
        player.schedule(beat)
        while player.mixer.frame < index * interval:
            player.mixer.render(SETTINGS.block_frames)
        player.outcomes()
    return 100.0 * (perf_counter() - began) / COST_S


def music_ready_s(name: str) -> float:
    """Return how long it takes until all samples of a style are made, s."""
    instrument_sample.cache_clear()
    began = perf_counter()
    make_ready(name, RATE_HZ, MUSIC_SEED)
    return perf_counter() - began


def onset_error_frames() -> float:
    """Return the largest distance between the planned and the found onset of a beat."""
    rng = np.random.default_rng(2)
    planned = np.cumsum(rng.integers(12_000, 40_000, BEATS))
    click = render("click", accent=False, rate_hz=RATE_HZ)
    mixer = NativeMixer(1, CAP)
    parts = []
    for number, frame in enumerate(planned.tolist()):
        mixer.play(number, frame, click, CAP, CAP)
        while mixer.frame < frame + len(click):
            parts.append(mixer.render(int(rng.integers(1, 2048)))[:, 0])
        list(mixer.reports())
    loud = np.flatnonzero(np.abs(np.concatenate(parts)) > CAP / 2)
    found = loud[np.diff(loud, prepend=-RATE_HZ) > len(click)]
    return float(np.abs(found - planned).max()) if len(found) == BEATS else float("inf")


def random_mixes(count: int) -> tuple[float, float]:
    """Mix loud and broken sounds at random; return what the limiter let happen.

    Returns
    -------
    tuple[float, float]
        Largest absolute sample over the cap, and the fastest rise of the gain over the limiter's
        ramp. The gain is read off a steady tone of zero frequency in the left channel, as one gain
        serves both channels.
    """
    rng = np.random.default_rng(4)
    mixer = NativeMixer(2, CAP)
    steady = np.ones(MIX_FRAMES * MIXES_AT_ONCE, np.float32)
    sounds = _random_sounds(rng)
    largest = rise = 0.0
    for _ in range(0, count, MIXES_AT_ONCE):
        mixer.play(0, mixer.frame + LEAD_FRAMES, steady, STEADY, 0.0)
        blocks = []
        for choice in rng.integers(len(sounds), size=MIXES_AT_ONCE).tolist():
            at = mixer.frame + LEAD_FRAMES + choice % MIX_FRAMES
            gain = GAINS[choice % len(GAINS)]
            mixer.play(1, at, sounds[choice], 0.0, gain)
            blocks.append(mixer.render(MIX_FRAMES))
            list(mixer.reports())
        out = np.concatenate(blocks)
        largest = max(largest, float(np.abs(out).max()))
        left = out[LEAD_FRAMES:, 0]
        whole = (left[:-1] != 0) & (left[1:] != 0)  # a broken frame is left out in both channels
        rise = max(rise, float((np.diff(left) * whole).max()) / STEADY)
    return largest / float(np.float32(CAP)), rise * RELEASE_FRAMES


def _random_sounds(rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """Return sounds of any length and size; some are not a number or infinite in places."""
    sounds = []
    for number in range(SOUNDS):
        length = int(rng.integers(1, 8 * MIX_FRAMES))
        sound = rng.normal(0, 10.0 ** rng.uniform(-2, 4), length).astype(np.float32)
        if number % 7 == 0:
            sound[rng.integers(length)] = (np.nan, np.inf, -np.inf)[number % 3]
        sounds.append(sound)
    return sounds


def stop_to_silence_ms() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return for each stop, at a random moment of a bell, the time until nothing sounds, ms."""
    rng = np.random.default_rng(3)
    bell = render("bell", accent=False, rate_hz=RATE_HZ)
    mixer = NativeMixer(1, CAP)
    ends = []
    for number in range(STOPS):
        mixer.play(number, mixer.frame + LEAD_FRAMES, bell, CAP, CAP)
        mixer.render(LEAD_FRAMES + int(rng.integers(0, len(bell) // 2)))
        mixer.fade_all(RAMP_FRAMES)
        ends.append(int(np.flatnonzero(mixer.render(RATE_HZ // 10))[-1]) + 1)
        list(mixer.reports())
    return np.array(ends) * 1000.0 / RATE_HZ
