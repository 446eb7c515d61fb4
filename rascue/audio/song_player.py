"""Planned beats -> stretches of a song, so that each of its beats falls on its planned frame.

A beat at frame ``F`` brings two sounds to the mixer: the *tail* of the beat before, from where its
head ended up to ``F``, and the *head* of this one, up to a little before the next is expected. The
tail is cut when the frame of the beat is known, so nothing has to be stretched while it plays:

1. The head of a beat is taken from the version whose tempo is nearest to the interval expected,
   and resampled by at most 1 %.
2. The tail goes on in that version, resampled by at most 1 %, to arrive at the next beat.
3. Where that is not enough, or the version changes, it fades from one to the other shortly before
   the beat, where both are most alike, with gains that keep the level for their correlation.

Every piece fades out after its end and the next one fades in meanwhile, from the same samples: the
sum is the song itself, and where the next one never comes the song ends softly. Nothing plays that
was not planned. Used by the engine's main thread.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.audio.song_reader import OpenSong
from rascue.songs.shelf import RATE_HZ

Samples = NDArray[np.float32]

OVERLAP = 480
"""Each piece fades out over so many samples while the next fades in, 10 ms. Default."""

CROSS = 576
"""Length of a fade between two different places or versions, samples, 12 ms. Default."""

CROSS_EARLY, CROSS_STEP = 2400, 24
"""It may lie so much earlier, 50 ms, where both are most alike; sought in steps. Default."""

LEAST_ALIKE = -0.5
"""Below this correlation the gains are not raised any more: at most to 1 each."""

TAIL_S = 0.12
"""The head ends so long before the beat expected next. A beat is given to the mixer 0.2 s or more
before it is due in normal work (``cue.planner``: horizon 0.3 s less a tick and the buffer)."""

RESIDUAL = 0.01
"""Resampling beyond this is not done: the pitch would be heard to move. Source: issue 5, 6b."""

BEYOND = 0.02
"""The slowest and fastest version may be resampled by so much before the song gives up."""

START_FADE = 48
"""Fade of the first piece, samples, 1 ms: its first attack stays sharp."""

STEPS = (1.0, 0.5, 2.0)
"""Beats of the song for each beat planned: all, every half, every second."""

MARGIN = 4
"""Samples read on both sides for interpolation."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples that start at a frame."""

    start: int
    samples: Samples


class OutOfReach(Exception):
    """The song cannot be played at the interval planned."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the music is: ``at`` samples of a version, moving ``rate`` of them a frame."""

    version: int
    at: float
    rate: float

    def later(self, frames: float) -> _Spot:
        return _Spot(self.version, self.at + frames * self.rate, self.rate)


@dataclass(frozen=True, slots=True)
class _Given:
    """A piece that was given: where it starts and ends, and where the music is at its end."""

    start: int
    end: int
    spot: _Spot


class SongPlayer:
    """Follows one song.

    Parameters
    ----------
    song
        The song, its beat map and its versions.
    lead_frames
        A piece must be given to the mixer so many frames before it starts.
    """

    def __init__(self, song: OpenSong, lead_frames: int) -> None:
        self._song = song
        self._lead = lead_frames
        self._given: deque[_Given] = deque(maxlen=8)
        self._places: dict[int, float] = {}
        """Beat planned -> beat of the song, for those planned lately."""
        self._step: float | None = None
        self._last_interval_s: float | None = None

    def pieces(
        self, beat_index: int, frame: int, interval_s: float, now_frame: int
    ) -> tuple[Piece | None, Piece]:
        """Return the tail of the beat before, None where the music begins, and the beat's head.

        Parameters
        ----------
        interval_s
            Time from the beat before, or nominal for the first, s.
        now_frame
            Frames that have left the mixer.

        Raises
        ------
        OutOfReach
            When the song cannot be played so slowly or so fast.
        NotReady, StoreError
            As ``OpenSong.samples`` does.
        """
        before = self._before(frame)
        place = self._place(beat_index, interval_s, begins=before is None)
        expected = self._expected(interval_s)
        head = self._head_spot(place, expected, before)
        length = max(round((expected - TAIL_S) * RATE_HZ), 2 * OVERLAP)
        self._want_ahead(head, expected)
        music = self._music(head, head.rate, length + OVERLAP)
        if before is None:
            tail, first = None, _faded(music, START_FADE)
        else:
            tail = self._tail(before, head, frame, now_frame, music)
            first = _faded(music, OVERLAP)
        self._remember(beat_index, place, interval_s)
        if tail is not None:
            self._given.append(_Given(tail.start, frame, head))
        self._given.append(_Given(frame, frame + length, head.later(length)))
        return tail, Piece(frame, first)

    def cancel_from(self, frame: int) -> None:
        """Forget pieces that start at ``frame`` or later: they were taken back."""
        while self._given and self._given[-1].start >= frame:
            self._given.pop()

    def fall_silent(self) -> None:
        """Forget what plays: it was faded. The song goes on from here with the next beat."""
        self._given.clear()
        self._last_interval_s = None

    # --- where the music is --------------------------------------------------------------------

    def _before(self, frame: int) -> _Given | None:
        """Return the piece that the beat at ``frame`` continues; None after a pause."""
        if not self._given:
            return None
        last = self._given[-1]
        reach = round(2 * TAIL_S * RATE_HZ) + OVERLAP
        return last if last.start < frame <= last.end + reach else None

    def _place(self, beat_index: int, interval_s: float, *, begins: bool) -> float:
        """Return which beat of the song, by number, the planned one is; halves lie between."""
        if beat_index in self._places:
            return self._places[beat_index]
        if begins or self._step is None:
            self._step = self._nearest_step(interval_s)
        if not self._places:
            return 0.0
        place = next(reversed(self._places.values())) + self._step
        last = len(self._song.beats) - 1 - self._step
        return place if place <= last else 0.0

    def _nearest_step(self, interval_s: float) -> float:
        """Return how many beats of the song go to one planned, so that it is changed least."""
        usual_s = float(np.median(np.diff(self._song.beats))) / RATE_HZ
        return min(STEPS, key=lambda step: abs(np.log(usual_s * step / interval_s)))

    def _expected(self, interval_s: float) -> float:
        """Return the time to the next beat: the tempo goes on changing as it did, s."""
        last = self._last_interval_s or interval_s
        return interval_s * min(max(interval_s / last, 0.97), 1.03)

    def _head_spot(self, place: float, expected_s: float, before: _Given | None) -> _Spot:
        """Return version and rate for the time up to the next beat."""
        assert self._step is not None  # noqa: S101  set with the place
        span = self._beat(None, place + self._step) - self._beat(None, place)
        factor = span / (expected_s * RATE_HZ)
        factors = self._song.factors
        nearest = int(np.argmin(np.abs(np.log(factors / factor))))
        if before is not None and abs(factor / factors[before.spot.version] - 1.0) <= RESIDUAL:
            nearest = before.spot.version
        if abs(factor / factors[nearest] - 1.0) > BEYOND:
            raise OutOfReach
        at = self._beat(nearest, place)
        rate = (self._beat(nearest, place + self._step) - at) / (expected_s * RATE_HZ)
        return _Spot(nearest, at, float(np.clip(rate, 1.0 - BEYOND, 1.0 + BEYOND)))

    def _beat(self, version: int | None, place: float) -> float:
        beats = self._song.beats if version is None else self._song.beats_in[version]
        return float(np.interp(place, np.arange(len(beats)), beats))

    def _remember(self, beat_index: int, place: float, interval_s: float) -> None:
        self._places[beat_index] = place
        while len(self._places) > 2 * MARGIN:
            del self._places[next(iter(self._places))]
        self._last_interval_s = interval_s

    def _want_ahead(self, head: _Spot, expected_s: float) -> None:
        """Have the next seconds read, at this tempo and those near it."""
        seconds = 3.0 + expected_s
        for version in range(head.version - 2, head.version + 3):
            if 0 <= version < len(self._song.factors):
                near = head.at * self._song.factors[head.version] / self._song.factors[version]
                self._song.want(version, int(near), int(near + seconds * RATE_HZ))
                self._song.want(version, 0, 2 * RATE_HZ)

    # --- samples -------------------------------------------------------------------------------

    def _tail(
        self, before: _Given, head: _Spot, frame: int, now_frame: int, music: Samples
    ) -> Piece:
        """Return the music from the end of ``before`` to the beat, then fading over ``music``."""
        begin = max(before.end, now_frame + self._lead + MARGIN)
        length = frame - begin
        release = music[:OVERLAP] * _down(OVERLAP)
        if length < OVERLAP:  # the beat came much sooner than expected, or was given too late
            return Piece(frame, release)
        spot = before.spot.later(begin - before.end)
        rate = (head.at - spot.at - OVERLAP * spot.rate) / max(length - OVERLAP, 1)
        smooth = spot.version == head.version and abs(rate - 1.0) <= RESIDUAL
        if not smooth:
            rate = float(np.clip(rate, spot.rate - RESIDUAL, spot.rate + RESIDUAL))
            rate = float(np.clip(rate, 1.0 - RESIDUAL, 1.0 + RESIDUAL))
        steps = np.full(length, rate)
        steps[:OVERLAP] = spot.rate
        old = self._interpolated(
            spot.version, spot.at + np.concatenate([[0.0], steps[:-1].cumsum()])
        )
        if not smooth:
            room = min(CROSS + CROSS_EARLY, length)
            new = self._music(head.later(-room), head.rate, room)
            old[-room:] = crossed_over(old[-room:], new)
        old[:OVERLAP] *= _up(OVERLAP)
        return Piece(begin, np.concatenate([old, release]))

    def _music(self, spot: _Spot, rate: float, count: int) -> Samples:
        return self._interpolated(spot.version, spot.at + rate * np.arange(count))

    def _interpolated(self, version: int, at: NDArray[np.floating]) -> Samples:
        """Return samples between samples, by a cubic through four of them (Catmull and Rom)."""
        first = int(np.floor(at[0])) - MARGIN
        raw = self._song.samples(version, first, int(at[-1]) - first + 2 * MARGIN)
        whole = np.floor(at).astype(np.int64)
        t = (at - whole).astype(np.float32)
        a, b, c, d = (raw[whole - first + k] for k in (-1, 0, 1, 2))
        slope = 3 * (b - c) + d - a
        bend = 2 * a - 5 * b + 4 * c - d
        found: Samples = (b + 0.5 * t * (c - a + t * (bend + t * slope))).astype(np.float32)
        return found


def crossed_over(old: Samples, new: Samples) -> Samples:
    """Return the old music, then the new, with the fade where both are most alike."""
    cross = min(CROSS, len(old))
    begins = range(0, len(old) - cross + 1, CROSS_STEP)
    begin = max(begins, key=lambda at: alike(old[at : at + cross], new[at : at + cross]))
    end = begin + cross
    return np.concatenate([old[:begin], crossed(old[begin:end], new[begin:end]), new[end:]])


def alike(old: Samples, new: Samples) -> float:
    """Return the correlation of two stretches of music, -1..1; of silence 1."""
    power = float(np.sqrt(np.mean(old**2) * np.mean(new**2)))
    return float(np.mean(old * new)) / power if power > 0 else 1.0


def crossed(old: Samples, new: Samples) -> Samples:
    """Return a fade from one to the other whose level stays even, however they are correlated."""
    together = max(alike(old, new), LEAST_ALIKE)
    up = _up(len(old))
    down = 1.0 - up
    level = np.sqrt(up**2 + down**2 + 2.0 * together * up * down)
    mixed: Samples = ((down * old + up * new) / level).astype(np.float32)
    return mixed


def _up(count: int) -> Samples:
    rising: Samples = ((np.arange(count) + 0.5) / count).astype(np.float32)
    return rising


def _down(count: int) -> Samples:
    return np.asarray(1.0 - _up(count), np.float32)


def _faded(music: Samples, rise: int) -> Samples:
    """Return the music rising at its begin and falling over its last ``OVERLAP`` samples."""
    music = music.copy()
    music[:rise] *= _up(rise)
    music[-OVERLAP:] *= _down(OVERLAP)
    return music
