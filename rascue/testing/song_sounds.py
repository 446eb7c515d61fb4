"""Instruments of bands, for songs rendered by us: those of the app and some more.

Simple models, enough to begin, sound and end as their kind does; nobody listens to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from rascue.audio.music.instruments import INSTRUMENTS, frequency_hz, instrument_sample

RATE_HZ = 48_000
Sound = NDArray[np.float32]
_NOISE = np.random.default_rng(7).uniform(-1.0, 1.0, RATE_HZ)


def _time_s(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _drum(start_hz: float, end_hz: float, decay_s: float) -> NDArray[np.float64]:
    """Return a membrane that is struck: its pitch falls at first."""
    t_s = _time_s(5 * decay_s)
    turn = 2 * np.pi * (end_hz * t_s + (start_hz - end_hz) * 0.03 * (1 - np.exp(-t_s / 0.03)))
    return np.cos(turn) * np.exp(-t_s / decay_s)


def _hiss(low_hz: float, high_hz: float, decay_s: float) -> NDArray[np.float64]:
    """Return a burst of noise between two frequencies."""
    t_s = _time_s(min(5 * decay_s, 0.9))
    band = signal.butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos")
    hiss: NDArray[np.float64] = signal.sosfilt(band, _NOISE[: len(t_s)]) * np.exp(-t_s / decay_s)
    return hiss


def _tones(
    pitch: int, shares: tuple[float, ...], rise_s: float, decay_s: float, seconds: float
) -> NDArray[np.float64]:
    """Return a tone of harmonic partials; the higher ones end sooner when it decays."""
    t_s = _time_s(seconds)
    turn = 2 * np.pi * frequency_hz(pitch) * t_s
    tones = [
        share * np.sin(n * turn) * np.exp(-t_s * n**0.5 / decay_s)
        for n, share in enumerate(shares, 1)
    ]
    tone: NDArray[np.float64] = np.sum(tones, axis=0) * np.minimum(t_s / rise_s, 1.0)
    return tone


_DRUMS: Mapping[str, Callable[[], NDArray[np.float64]]] = MappingProxyType(
    {
        "kick": lambda: _drum(160, 52, 0.09) + 0.1 * np.pad(_hiss(1500, 6000, 0.004), (0, 20640)),
        "tom": lambda: _drum(160, 105, 0.12),
        "surdo": lambda: _drum(90, 65, 0.22),
        "conga": lambda: _drum(320, 240, 0.06),
        "rim": lambda: _hiss(1200, 3500, 0.012),
        "clap": lambda: _hiss(800, 3000, 0.06),
        "clave": lambda: _drum(2500, 2500, 0.02),
        "cowbell": lambda: _drum(560, 560, 0.05) + 0.7 * _drum(845, 845, 0.05),
        "ohat": lambda: _hiss(6000, 16000, 0.12),
        "ride": lambda: _hiss(4000, 12000, 0.2) + 0.5 * _drum(3300, 3300, 0.2)[:43200],
        "tamb": lambda: _hiss(5000, 12000, 0.05),
    }
)
_TONES: Mapping[str, tuple[tuple[float, ...], float, float, float]] = MappingProxyType(
    {
        "piano": ((1.0, 0.6, 0.35, 0.25, 0.15, 0.1), 0.002, 0.5, 1.2),
        "organ": ((1.0, 0.7, 0.0, 0.5, 0.0, 0.2), 0.012, 9.0, 0.32),
        "accordion": ((1.0, 0.7, 0.6, 0.5, 0.3, 0.2), 0.03, 9.0, 0.3),
        "strings": ((1.0, 0.5, 0.4, 0.3, 0.2), 0.09, 9.0, 0.9),
        "flute": ((1.0, 0.3, 0.1), 0.04, 9.0, 0.4),
        "voice": ((1.0, 0.9, 0.7, 0.3, 0.3, 0.2), 0.05, 9.0, 0.4),
    }
)
"""Shares of partials, rise, decay and length, s."""

UNPITCHED = frozenset(_DRUMS) | {"snare", "hat", "shaker", "tick"}
STRUM_S = 0.012
"""Between the strings of a strummed chord."""


@cache
def note_sound(instrument: str, pitch: int) -> Sound:
    """Return one note, (n,), largest absolute sample 1; the pitch of a drum does not matter."""
    name = "pluck" if instrument == "strum" else instrument
    if name in INSTRUMENTS:
        return instrument_sample(name, pitch, RATE_HZ)
    samples = _DRUMS[name]() if name in _DRUMS else _tones(pitch, *_TONES[name])
    end = min(len(samples), RATE_HZ // 40)
    samples[-end:] *= np.linspace(1.0, 0.0, end)
    sound: Sound = (samples / np.abs(samples).max()).astype(np.float32)
    return sound
