"""A voice that counts "one, two, three, four", synthesized by us: formants over pulse and noise.

Source for the method: Klatt, Software for a cascade/parallel formant synthesizer, JASA 67(3), 1980:
the vocal tract as resonances in a row, a voiced source and noise. Vowel formants: Hillenbrand et
al., Acoustic characteristics of American English vowels, JASA 97(5), 1995, adult men, rounded. All
other figures are defaults, set until a speech recognizer told the words apart (docs/audio.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

HIGHEST_HZ = 5500.0
"""Voiced partials above it are left out; formants above the fifth are not modeled."""

BANDWIDTHS_HZ = (80.0, 100.0, 150.0, 250.0, 300.0)
FOURTH_HZ, FIFTH_HZ = 3500.0, 4500.0

PITCH_HZ, PITCH_FALL = 125.0, 0.82
"""A man's voice, which falls within the word: it sounds like counting, not like asking."""

GLOTTAL_HZ = 350.0
"""Above it the voiced source falls by 12 dB per octave, of which the lips give 6 back."""

TRACT_S = 0.001
WINDOW_S, HOPS = 0.0107, 4
"""Length of a window in which noise is shaped, s, and how many of them overlap."""

LIPS_WIDTH_HZ, NOISE_SD = 2500.0, 0.35

SEED = 7


@dataclass(frozen=True, slots=True)
class Sound:
    """One point of a word; between two of them all values move evenly.

    Parameters
    ----------
    at_s
        Time from the start of the word, s.
    formants_hz
        The first three resonances.
    voice, breath
        Amplitudes of the voiced source, and of noise at the throat, which has the formants too.
    hiss, hiss_hz
        Amplitude and center of noise made at lips or teeth.
    nasal
        0..1: how far the nose weakens what lies above the first formant.
    """

    at_s: float
    formants_hz: tuple[float, float, float]
    voice: float = 0.0
    breath: float = 0.0
    hiss: float = 0.0
    hiss_hz: float = 6000.0
    nasal: float = 0.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and when it is felt to happen: where its vowel begins (its perceptual center)."""

    center_s: float
    points: tuple[Sound, ...]


W, UH, N = (300.0, 650.0, 2200.0), (620.0, 1200.0, 2500.0), (280.0, 1500.0, 2500.0)
T, OO = (350.0, 1800.0, 2700.0), (360.0, 1000.0, 2400.0)
TH, R, EE = (320.0, 1350.0, 2500.0), (340.0, 1150.0, 1600.0), (320.0, 2300.0, 3000.0)
F, AW, ER = (400.0, 1000.0, 2200.0), (570.0, 860.0, 2450.0), (470.0, 1270.0, 1600.0)

WORDS: Mapping[int, Word] = MappingProxyType(
    {
        1: Word(
            0.085,
            (
                Sound(0.0, W),
                Sound(0.02, W, voice=0.35),
                Sound(0.065, W, voice=0.5),
                Sound(0.125, UH, voice=1.0),
                Sound(0.2, UH, voice=0.95),
                Sound(0.245, N, voice=0.5, nasal=0.8),
                Sound(0.33, N, voice=0.4, nasal=1.0),
                Sound(0.38, N, nasal=1.0),
            ),
        ),
        2: Word(
            0.075,
            (
                Sound(0.0, T),
                Sound(0.004, T, hiss=1.0, hiss_hz=4200),
                Sound(0.02, T, hiss=0.7, hiss_hz=4000),
                Sound(0.05, T, breath=0.35, hiss=0.25, hiss_hz=3500),
                Sound(0.075, T, breath=0.2),
                Sound(0.09, (350.0, 1600.0, 2600.0), voice=0.9),
                Sound(0.17, (355.0, 1200.0, 2450.0), voice=1.0),
                Sound(0.28, OO, voice=0.9),
                Sound(0.36, OO),
            ),
        ),
        3: Word(
            0.12,
            (
                Sound(0.0, TH),
                Sound(0.02, TH, hiss=0.22, hiss_hz=6500),
                Sound(0.075, TH, hiss=0.22, hiss_hz=6000),
                Sound(0.09, R, voice=0.4, breath=0.08),
                Sound(0.13, R, voice=0.75),
                Sound(0.2, EE, voice=1.0),
                Sound(0.3, EE, voice=0.9),
                Sound(0.39, EE),
            ),
        ),
        4: Word(
            0.1,
            (
                Sound(0.0, F),
                Sound(0.02, F, hiss=0.2, hiss_hz=7500),
                Sound(0.085, F, hiss=0.22, hiss_hz=7000),
                Sound(0.1, (480.0, 800.0, 2300.0), voice=0.7, breath=0.05),
                Sound(0.14, AW, voice=1.0),
                Sound(0.22, AW, voice=1.0),
                Sound(0.31, ER, voice=0.85),
                Sound(0.4, ER),
            ),
        ),
    }
)
"""Number -> word."""


def spoken(number: int, rate_hz: int) -> Samples:
    """Return a word, float64 (n,), of no particular peak.

    Raises
    ------
    KeyError
        For a number that was not made.
    """
    word = WORDS[number]
    t_s = np.arange(round(word.points[-1].at_s * rate_hz)) / rate_hz
    return _voiced(word, t_s) + _noise(word, t_s, np.random.default_rng(SEED + number))


def center_s(number: int) -> float:
    """Return when a word is felt to happen, s after its start."""
    return WORDS[number].center_s


def _track(word: Word, name: str, t_s: Samples) -> Samples:
    at_s = [point.at_s for point in word.points]
    values: Samples = np.interp(t_s, at_s, [getattr(point, name) for point in word.points])
    return values


def _formants(word: Word, t_s: Samples) -> list[Samples]:
    at_s = [point.at_s for point in word.points]
    moving = [
        np.interp(t_s, at_s, [point.formants_hz[k] for point in word.points]) for k in range(3)
    ]
    return [*moving, np.full_like(t_s, FOURTH_HZ), np.full_like(t_s, FIFTH_HZ)]


def _tract(hz: Samples, formants: list[Samples]) -> NDArray[np.complex128]:
    """Return the gain of the resonances in a row at frequencies, 1 at 0 Hz."""
    gain = np.ones(np.broadcast_shapes(hz.shape, formants[0].shape), np.complex128)
    for center_hz, bandwidth_hz in zip(formants, BANDWIDTHS_HZ, strict=True):
        pole = center_hz**2 + (bandwidth_hz / 2) ** 2
        gain = gain * pole / (pole - hz**2 + 1j * hz * bandwidth_hz)
    return gain


def _voiced(word: Word, t_s: Samples) -> Samples:
    """Return the partials of the voice, each as strong as source and tract let it be.

    The tract moves slowly: its gains are worked out once a millisecond.
    """
    coarse_s = np.arange(t_s[0], t_s[-1] + TRACT_S, TRACT_S)
    formants, nasal = _formants(word, coarse_s), _track(word, "nasal", coarse_s)
    fall = np.interp(coarse_s, [0.0, t_s[-1]], [1.0, PITCH_FALL])
    turns = np.cumsum(PITCH_HZ * np.interp(t_s, coarse_s, fall)) * (t_s[1] - t_s[0])
    total = np.zeros_like(t_s)
    for number in range(1, int(HIGHEST_HZ / (PITCH_HZ * PITCH_FALL))):
        hz = number * PITCH_HZ * fall
        source = hz / (1.0 + (hz / GLOTTAL_HZ) ** 2)
        nose = 1.0 - 0.85 * nasal * np.clip((hz - 500.0) / 400.0, 0.0, 1.0)
        gain = _tract(hz, formants) * source * nose * np.clip((HIGHEST_HZ - hz) / 500.0, 0.0, 1.0)
        turn = 2 * np.pi * number * turns
        total += np.interp(t_s, coarse_s, gain.real) * np.cos(turn)
        total -= np.interp(t_s, coarse_s, gain.imag) * np.sin(turn)
    voiced: Samples = total / np.abs(total).max() * _track(word, "voice", t_s)
    return voiced


def _noise(word: Word, t_s: Samples, rng: np.random.Generator) -> Samples:
    """Return breath and hiss: noise shaped window by window, joined by overlapping."""
    rate_hz = 1.0 / (t_s[1] - t_s[0])
    size, hop = round(WINDOW_S * rate_hz) // HOPS * HOPS, round(WINDOW_S * rate_hz) // HOPS
    window = np.hanning(size + 1)[:-1] * 2 / HOPS
    hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    total = np.zeros(len(t_s) + 2 * size)
    for begin in range(0, len(t_s) + size, hop):
        middle_s = np.array([(begin - size // 2) / rate_hz])
        breath, hiss, hiss_hz = (
            _track(word, name, middle_s)[0] for name in ("breath", "hiss", "hiss_hz")
        )
        if breath == 0.0 and hiss == 0.0:
            continue
        throat = np.abs(_tract(hz, _formants(word, middle_s)))
        lips = np.exp(-(((hz - hiss_hz) / LIPS_WIDTH_HZ) ** 2))
        shape = breath * throat / throat.max() + hiss * lips
        spectrum = np.fft.rfft(rng.normal(0.0, NOISE_SD, size)) * shape
        total[begin : begin + size] += np.fft.irfft(spectrum, size) * window
    return total[size : size + len(t_s)]
