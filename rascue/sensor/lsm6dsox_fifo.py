"""Tagged words from the memory of an ST chip -> samples with the chip's own time. Pure.

A word is a tag byte and six bytes of data. The tag says what the data is, counts sample times
modulo 4 and carries a parity bit; a time stamp word goes with each pair of accelerometer and
gyroscope words. Because of this, a word that was damaged on the bus is noticed when its tag or its
stamp is hit, and no damage can shift the words that follow. Disturbances of wires seldom hit one
bit alone, so the samples beside noticed damage are not believed either.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from rascue.sensor.chip import NO_COUNTS, NO_RAW, ChipError, Drained, Trouble, TroubleKind

WORD_BYTES = 7
GYRO, ACCELEROMETER, TIMESTAMP = 1, 2, 4
"""Tags. Source: data sheet of LSM6DSOX, table "FIFO tag"; Linux, st_lsm6dsx_buffer.c."""

COMPLETE = frozenset((GYRO, ACCELEROMETER, TIMESTAMP))
EMPTY = 0

STAMP_MODULUS = 2**32
STAMP_SLACK = 3.0
"""A stamp may be off the grid of samples by rounding, ticks; default, not evidence."""

STAMP_SLACK_RATIO = 0.0006
"""The ratio of the two clocks is told as 6667 and as 6664 Hz (data sheets, imud)."""

GAP_MAX_SAMPLES = 400
"""A longer gap is none that this memory can leave. Up to here no flipped bit of a stamp lands
on the grid, because a power of two of ticks is a third of a sample off it."""

LOST_GRID_AFTER = 4
"""So many stamps in a row off the grid mean that the grid itself is wrong; default."""

WORDS_BEFORE, WORDS_AFTER = 3, 5
"""A damaged word may belong to the sample that ends up to two words later; this far about it ends
that sample or one beside it."""

Sample = tuple[int, tuple[int, ...]]
"""The chip's time, and accelerometer x y z, gyroscope x y z."""

_TRIPLE = np.dtype(
    {
        "names": ["tags", "gyr", "acc", "stamp"],
        "formats": [("u1", 15), ("<i2", 3), ("<i2", 3), "<u4"],
        "offsets": [0, 1, 8, 15],
        "itemsize": 3 * WORD_BYTES,
    }
)
"""A whole sample, when its words come in the usual order; of "tags" every seventh byte is one."""


def _tag_byte(tag: int, slot: int, odd: int) -> int:
    byte = tag << 3 | slot << 1
    return byte | (byte.bit_count() + odd) % 2


_USUAL_TAGS = np.array(
    [
        [
            [_tag_byte(tag, slot, odd) for tag in (GYRO, ACCELEROMETER, TIMESTAMP)]
            for slot in range(4)
        ]
        for odd in (0, 1)
    ],
    np.uint8,
)
"""Tag bytes of a whole sample, (2, 4, 3): by sense of the parity bit and slot."""

_VECTOR = struct.Struct("<3h")
_STAMP = struct.Struct("<I2x")


class TaggedWords:
    """Puts words together to samples, over any number of reads.

    Parameters
    ----------
    ticks_per_sample
        Nominal advance of the stamps from sample to sample.
    """

    def __init__(self, ticks_per_sample: float) -> None:
        self._ticks_per_sample = ticks_per_sample
        self._parts: dict[int, bytes] = {}
        self._slot: int | None = None
        self._last_ticks: int | None = None
        self._n_off_grid = 0
        self._damaged: list[int] = []
        """Places of damaged words in the present read."""
        self._odd_parity: bool | None = None

    @property
    def last_ticks(self) -> int | None:
        """The chip's time at the newest sample, not wrapped; None before the first."""
        return self._last_ticks

    @property
    def n_begun(self) -> int:
        """Words of the sample that is not whole yet."""
        return len(self._parts)

    def take(self, data: bytes) -> Drained:
        """Take what was read from the memory; return the samples completed by it.

        Raises
        ------
        ChipError
            RESTARTED, when the stamps go on from somewhere else.
        """
        whole = self._whole(data)
        if whole is not None:
            return whole
        self._damaged = []
        ended = list(self._samples(data))
        found = [sample for place, sample in ended if self._is_trusted(place)]
        detail = f"{len(self._damaged)} of {len(data) // WORD_BYTES} words"
        troubles = (Trouble(TroubleKind.DAMAGED, detail),) if self._damaged else ()
        if not found:
            return Drained(NO_COUNTS, NO_RAW, troubles=troubles)
        counts, values = zip(*found, strict=True)
        raw = np.array(values, np.int16)
        return Drained(np.array(counts, np.int64), raw, troubles=troubles)

    def unwrapped(self, stamp: int) -> int:
        """Return a stamp as ticks that go on beyond 2**32, near those of the last sample."""
        if self._last_ticks is None:
            return stamp
        half = STAMP_MODULUS // 2
        return self._last_ticks + (stamp - self._last_ticks + half) % STAMP_MODULUS - half

    def _whole(self, data: bytes) -> Drained | None:
        """Return the samples of words in which all is as usual, at once; None for any others."""
        n_samples, rest = divmod(len(data), _TRIPLE.itemsize)
        if rest or not n_samples or self._parts or self._last_ticks is None:
            return None
        triples = np.frombuffer(data, _TRIPLE)
        tags = triples["tags"][:, ::WORD_BYTES]
        slots = tags[:, 0] >> 1 & 3
        if (tags != _USUAL_TAGS[int(bool(self._odd_parity)), slots]).any():
            return None
        stamps = triples["stamp"]
        before = np.array([self._last_ticks % STAMP_MODULUS], np.uint32)
        steps = np.diff(np.concatenate((before, stamps))).astype(np.int64)
        samples = steps / self._ticks_per_sample
        slack = STAMP_SLACK / self._ticks_per_sample + STAMP_SLACK_RATIO * samples
        off = np.abs(samples - np.maximum(1.0, np.rint(samples)))
        if ((off > slack) | (samples > GAP_MAX_SAMPLES)).any():
            return None
        counts = self._last_ticks + np.cumsum(steps)
        self._last_ticks, self._slot, self._n_off_grid = int(counts[-1]), int(slots[-1]), 0
        return Drained(counts, np.hstack((triples["acc"], triples["gyr"])))

    def _is_trusted(self, place: int) -> bool:
        """Return whether the sample that ends with the word at ``place`` is away from damage."""
        return not any(bad - WORDS_BEFORE <= place <= bad + WORDS_AFTER for bad in self._damaged)

    def _samples(self, data: bytes) -> Iterator[tuple[int, Sample]]:
        """Yield the samples completed, each with the place of its last word."""
        for place in range(len(data) // WORD_BYTES):
            word = data[place * WORD_BYTES : (place + 1) * WORD_BYTES]
            tag = word[0]
            if tag == EMPTY:
                continue
            if not self._is_sound(tag):
                self._damaged.append(place)
                continue
            slot = (tag >> 1) & 3
            if slot != self._slot:
                self._begin(slot, place)
            self._parts[tag >> 3] = word[1:]
            if self._parts.keys() >= COMPLETE:
                sample = self._completed()
                if sample is None:
                    self._damaged.append(place)
                else:
                    yield place, sample

    def _begin(self, slot: int, place: int) -> None:
        if self._parts:
            self._damaged.append(place - 1)
        self._slot = slot
        self._parts = {}

    def _is_sound(self, tag: int) -> bool:
        """Return whether a tag is one that was asked for and its parity holds.

        The data sheet names a parity bit and not its sense; it is taken from the first tag.
        """
        odd = tag.bit_count() % 2 == 1
        if self._odd_parity is None:
            self._odd_parity = odd
        return tag >> 3 in COMPLETE and odd == self._odd_parity

    def _completed(self) -> Sample | None:
        parts, self._parts = self._parts, {}
        ticks = self.unwrapped(_STAMP.unpack(parts[TIMESTAMP])[0])
        if not self._on_grid(ticks):
            return None
        self._last_ticks = ticks
        return ticks, _VECTOR.unpack(parts[ACCELEROMETER]) + _VECTOR.unpack(parts[GYRO])

    def _on_grid(self, ticks: int) -> bool:
        if self._last_ticks is None:
            return True
        samples = (ticks - self._last_ticks) / self._ticks_per_sample
        off = abs(samples - max(1, round(samples)))
        slack = STAMP_SLACK / self._ticks_per_sample + STAMP_SLACK_RATIO * abs(samples)
        if samples <= GAP_MAX_SAMPLES and off <= slack:
            self._n_off_grid = 0
            return True
        self._n_off_grid += 1
        if self._n_off_grid >= LOST_GRID_AFTER:
            raise ChipError(TroubleKind.RESTARTED, "the chip's time has jumped")
        return False
