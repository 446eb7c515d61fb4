"""A song at other tempi, its pitch unchanged: a phase vocoder that leaves attacks as they are.

1. Frames of ``WINDOW`` samples are taken from the song along a line from output to input time,
   and laid ``HOP`` apart. The line has slope 1 around each attack, so an attack is copied as it is
   and stands exactly at its own time divided by the tempo factor; what is between is stretched
   the more.
2. The phase of each spectral peak goes on from the frame before by what the song's own phase
   advances in one hop, measured with a second frame one hop earlier; bins around a peak turn
   with it (identity phase locking).
3. Where a peak grows suddenly near an attack it takes the song's own phase: nothing of it
   sounded before.

All versions advance together, as rows of one array.

Accuracy as shown by ``python -m rascue.testing.song_stretchers``.

Source: J. Laroche and M. Dolson, IEEE Trans. Speech Audio Process. 7(3), 1999, for the locking and
for two frames a hop apart; A. Röbel, DAFx 2003, for keeping phases at attacks. Deviations: the line
that slows to 1 around attacks is ours; regions end halfway between peaks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from rascue.songs.time_line import TimeLine, time_line

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

WINDOW = 2048
"""43 ms at 48 kHz: long enough to tell two low notes apart, short against a beat. Default."""

HOP = WINDOW // 4
BINS = WINDOW // 2 + 1

GROWS = 2.0
"""A peak that grows by this factor in a hop is new. Default."""

TINY = np.float32(1e-12)


def stretched(
    song: Samples,
    factors: Sequence[float],
    kept: NDArray[np.int64],
    take: Callable[[list[Samples]], None],
) -> None:
    """Give the song at several tempi, piece by piece.

    Parameters
    ----------
    song
        Mono samples, (n,).
    factors
        Tempo against the song's: 1.1 is ten per cent faster, and shorter.
    kept
        Attacks that are copied as they are (``time_line.apart``).
    take
        Is given the next samples of each version, in order, until each has ``len(song) / factor``.
    """
    lengths = [round(len(song) / factor) for factor in factors]
    lines = [time_line(len(song), factor, kept) for factor in factors]
    frames = max(lengths) // HOP + 2
    at = np.stack([_frame_times(line, frames, len(song)) for line in lines])
    near = np.stack([_near_attack(row, kept) for row in at])
    vocoder = _Vocoder(np.pad(song, (WINDOW, 2 * WINDOW)), len(factors))
    given = 0
    for frame in range(frames):
        piece = vocoder.next(at[:, frame] + WINDOW, near[:, frame])
        begin = frame * HOP - WINDOW // 2  # where this hop lies in the output
        if begin >= 0:
            take([row[: max(0, n - begin)] for row, n in zip(piece, lengths, strict=True)])
            given = begin + HOP
    tail = vocoder.rest()
    take([row[: max(0, n - given)] for row, n in zip(tail, lengths, strict=True)])


def _frame_times(line: TimeLine, frames: int, length: int) -> NDArray[np.int64]:
    """Return the input sample at the center of each frame."""
    centers = np.arange(frames) * HOP
    beyond = line.song[-1] + (centers - line.version[-1])
    at = np.where(centers > line.version[-1], beyond, np.interp(centers, line.version, line.song))
    return np.minimum(np.rint(at), length + WINDOW // 2).astype(np.int64)


def _near_attack(at: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each frame whether an attack enters it or has just passed its center."""
    if not len(kept):
        return np.zeros(len(at), bool)
    following = kept[np.clip(np.searchsorted(kept, at - HOP), 0, len(kept) - 1)]
    away = following - at
    near: NDArray[np.bool_] = (away >= -HOP) & (away <= WINDOW // 2)
    return near


class _Vocoder:
    """One state for all versions: spectra laid down last, and output not yet complete."""

    def __init__(self, song: Samples, versions: int) -> None:
        self._song = song
        window = np.hanning(WINDOW + 1)[:-1]
        self._window = window.astype(np.float32)
        # Squared Hann windows a quarter apart add to 1.5.
        self._laying = (window / 1.5).astype(np.float32)
        self._offsets = np.arange(WINDOW) - WINDOW // 2
        self._laid: Spectrum = np.zeros((versions, BINS), np.complex64)
        self._sum = np.zeros((versions, WINDOW), np.float32)
        self._bins = np.broadcast_to(np.arange(BINS), (versions, BINS))

    def next(self, at: NDArray[np.int64], near_attack: NDArray[np.bool_]) -> Samples:
        """Lay the frames centered at ``at``; return the ``HOP`` samples that are complete."""
        here = self._spectrum(at)
        before = self._spectrum(at - HOP)
        self._laid = here * self._turn(here, before, near_attack)
        self._sum += fft.irfft(self._laid, WINDOW, axis=1) * self._laying
        done = self._sum[:, :HOP].copy()
        self._sum[:, :-HOP] = self._sum[:, HOP:]
        self._sum[:, -HOP:] = 0.0
        return done

    def rest(self) -> Samples:
        """Return what was laid and not given yet."""
        return self._sum[:, : WINDOW - HOP]

    def _spectrum(self, at: NDArray[np.int64]) -> Spectrum:
        frames = self._song[at[:, None] + self._offsets] * self._window
        spectrum: Spectrum = fft.rfft(frames, axis=1)
        return spectrum

    def _turn(self, here: Spectrum, before: Spectrum, near_attack: NDArray[np.bool_]) -> Spectrum:
        """Return by how much each bin turns against the song, of magnitude 1."""
        turn = self._laid * before.conj()
        size = np.abs(turn)
        turn = np.where(size > TINY, turn / (size + TINY), np.complex64(1.0))
        loud = here.real**2 + here.imag**2
        was = before.real**2 + before.imag**2
        new = (loud > GROWS**2 * was) & near_attack[:, None]
        turn[new] = 1.0
        locked: Spectrum = np.take_along_axis(turn, self._peak_of_bins(loud), axis=1)
        return locked

    def _peak_of_bins(self, loud: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return for each bin the peak nearest to it; a peak is louder than two bins each side."""
        peak = np.ones(loud.shape, bool)
        for step in (1, 2):
            peak[:, step:] &= loud[:, step:] >= loud[:, :-step]
            peak[:, :-step] &= loud[:, :-step] > loud[:, step:]
        below = np.maximum.accumulate(np.where(peak, self._bins, -BINS), axis=1)
        above = np.where(peak, self._bins, 3 * BINS)[:, ::-1]
        above = np.minimum.accumulate(above, axis=1)[:, ::-1]
        nearest = np.where(self._bins - below <= above - self._bins, below, above)
        return np.where((nearest < 0) | (nearest >= BINS), self._bins, nearest)
