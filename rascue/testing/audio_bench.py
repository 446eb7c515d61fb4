"""Figures of the mixer that need no sound device; ``rascue bench audio`` prints them.

Times are shares of the time that the sound itself lasts, so that they can be compared between
machines: 1 % means that a second of sound costs 10 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np

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


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str


def figures() -> tuple[Figure, ...]:
    """Measure everything; takes about a second."""
    stops_ms = stop_to_silence_ms()
    music = [music_share_of_core_pct(name) for name in STYLES]
    ready_s = [music_ready_s(name) for name in STYLES]
    return (
        Figure("music, the costliest style at full intensity, 120/min", max(music), "% of a core"),
        Figure("music, its samples made at start, slowest style", max(ready_s), "s"),
        Figure("mixer, silence", share_of_core_pct(0), "% of a core"),
        Figure("mixer, 8 sounds at once, limiting", share_of_core_pct(8), "% of a core"),
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
