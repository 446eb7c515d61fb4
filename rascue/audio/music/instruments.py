"""The instruments, synthesized by us: name and pitch -> samples, kept once they were made.

Simple physical and spectral models; all figures without a source are defaults, chosen without
listeners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rascue.audio.music.voice import center_s, spoken

Samples = NDArray[np.float64]

A4_HZ, A4_PITCH = 440.0, 69
END_S = 0.03
"""Every sample goes evenly to zero in its last part, s."""

NOISE_SEED = 11

VOICE = "voice"
"""The instrument whose pitches are numbers that it says."""


def frequency_hz(pitch: int) -> float:
    """Return the frequency of a MIDI note number in equal temperament."""
    return float(A4_HZ * 2.0 ** ((pitch - A4_PITCH) / 12.0))


@cache
def instrument_sample(name: str, pitch: int, rate_hz: int) -> NDArray[np.float32]:
    """Return one note, or one word for its number; (n,), read-only, largest absolute sample 1.

    Raises
    ------
    KeyError
        When there is no such instrument: a style names one that was not made.
    """
    if name == VOICE:
        samples = spoken(pitch, rate_hz)
    else:
        samples = INSTRUMENTS[name](frequency_hz(pitch), rate_hz)
    end = round(END_S * rate_hz)
    samples[-end:] *= np.linspace(1.0, 0.0, end)
    note: NDArray[np.float32] = (samples / np.abs(samples).max()).astype(np.float32)
    note.setflags(write=False)
    return note


def begins_early_s(name: str, pitch: int) -> float:
    """Return by how much a sample must begin before it is felt to happen, s."""
    return center_s(pitch) if name == VOICE else 0.0


def _time_s(seconds: float, rate_hz: int) -> Samples:
    return np.arange(round(seconds * rate_hz)) / rate_hz


def _sum(parts: list[Samples]) -> Samples:
    total: Samples = np.sum(parts, axis=0)
    return total


def _noise(n: int) -> Samples:
    return np.random.default_rng(NOISE_SEED).uniform(-1.0, 1.0, n)


def pluck(frequency: float, rate_hz: int) -> Samples:
    """Return a plucked string: noise that runs round in a delay line and is averaged.

    Source: Karplus and Strong, Digital synthesis of plucked-string and drum timbres, Computer
    Music Journal 7(2), 1983. The whole line is averaged at once instead of sample by sample, and
    the result is resampled to the exact pitch, as the line has a whole number of samples.
    """
    length = int(rate_hz / frequency)
    rounds = int(1.2 * frequency)
    line = _noise(length) * np.hanning(length + 2)[1:-1] ** 0.25
    made = np.empty((rounds, length))
    for number in range(rounds):
        made[number] = line
        line = 0.498 * (line + np.roll(line, 1))
    stretch = (length + 0.5) * frequency / rate_hz  # averaging delays by half a sample
    positions = np.arange(0, rounds * length - 1, stretch)
    string: Samples = np.interp(positions, np.arange(rounds * length), made.ravel())
    return string


def electric_piano(frequency: float, rate_hz: int) -> Samples:
    """Return two pairs of FM oscillators: a soft body and a tine that dies away at once.

    Source for FM: Chowning, The synthesis of complex audio spectra by means of frequency
    modulation, JAES 21(7), 1973.
    """
    t_s = _time_s(1.1, rate_hz)
    turn = 2 * np.pi * frequency * t_s
    body = np.sin(turn + 0.9 * np.exp(-t_s / 0.4) * np.sin(turn)) * np.exp(-t_s / 0.45)
    tine = np.sin(turn + 0.4 * np.sin(9 * turn)) * np.exp(-t_s / 0.05)
    return body + 0.35 * tine


def marimba(frequency: float, rate_hz: int) -> Samples:
    """Return a tuned bar: modes 1 : 3.9 : 9.2.

    Source: Fletcher and Rossing, The Physics of Musical Instruments, section 19.3 (undercut bars).
    """
    t_s = _time_s(0.6, rate_hz)
    modes = ((1.0, 1.0, 0.16), (3.9, 0.3, 0.05), (9.2, 0.1, 0.015))
    heard = [mode for mode in modes if mode[0] * frequency < rate_hz / 2]
    partials = [
        share * np.exp(-t_s / decay_s) * np.cos(2 * np.pi * ratio * frequency * t_s)
        for ratio, share, decay_s in heard
    ]
    return _sum(partials)


def bass(frequency: float, rate_hz: int) -> Samples:
    """Return a damped string whose upper partials die first."""
    t_s = _time_s(0.7, rate_hz)
    partials = [
        np.sin(2 * np.pi * n * frequency * t_s) * np.exp(-t_s * n / 0.3) / n for n in range(1, 7)
    ]
    return _sum(partials) * np.minimum(t_s / 0.004, 1.0)


def pad(frequency: float, rate_hz: int) -> Samples:
    """Return a soft chorus of slightly detuned tones that swells and falls."""
    t_s = _time_s(1.4, rate_hz)
    swell = np.sin(np.pi * t_s / t_s[-1]) ** 0.7
    voices = [
        swell * np.sin(2 * np.pi * n * frequency * detune * t_s + n) / n**2
        for detune in (0.998, 1.0, 1.002)
        for n in range(1, 5)
    ]
    return _sum(voices)


def tick(_frequency: float, rate_hz: int) -> Samples:
    """Return a soft high tick, for the parts of a beat."""
    t_s = _time_s(0.06, rate_hz)
    return np.exp(-t_s / 0.005) * np.cos(2 * np.pi * 1200 * t_s)


def snare(_frequency: float, rate_hz: int) -> Samples:
    """Return noise over the tone of a small membrane."""
    t_s = _time_s(0.2, rate_hz)
    tone = np.exp(-t_s / 0.04) * np.cos(2 * np.pi * 190 * t_s)
    return 0.6 * tone + _noise(len(t_s)) * np.exp(-t_s / 0.05)


def hat(_frequency: float, rate_hz: int) -> Samples:
    """Return very short noise without its lower part."""
    t_s = _time_s(0.08, rate_hz)
    return np.diff(_noise(len(t_s) + 2), 2) * np.exp(-t_s / 0.015)


def shaker(_frequency: float, rate_hz: int) -> Samples:
    """Return noise that swells for a moment."""
    t_s = _time_s(0.1, rate_hz)
    return np.diff(_noise(len(t_s) + 1)) * np.minimum(t_s / 0.015, 1.0) * np.exp(-t_s / 0.02)


INSTRUMENTS: Mapping[str, Callable[[float, int], Samples]] = MappingProxyType(
    {
        "pluck": pluck,
        "epiano": electric_piano,
        "marimba": marimba,
        "bass": bass,
        "pad": pad,
        "tick": tick,
        "snare": snare,
        "hat": hat,
        "shaker": shaker,
    }
)
