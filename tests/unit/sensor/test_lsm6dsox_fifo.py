"""Tagged words: any way of reading gives the same samples; damage costs what it hits, no more."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rascue.sensor.chip import ChipError, TroubleKind
from rascue.sensor.lsm6dsox_fifo import TaggedWords

TICKS = 384.0
N = 12


def word(tag: int, slot: int, data: bytes) -> bytes:
    byte = tag << 3 | slot << 1
    return bytes((byte | byte.bit_count() & 1,)) + data


def sample(index: int, ticks: int | None = None) -> bytes:
    slot = index % 4
    stamp = round(1000 + index * TICKS) if ticks is None else ticks
    return (
        word(1, slot, struct.pack("<3h", index, 2, 3))
        + word(2, slot, struct.pack("<3h", -index, 5, 6))
        + word(4, slot, struct.pack("<I2x", stamp % 2**32))
    )


MEMORY = b"".join(sample(index) for index in range(N))


@given(st.lists(st.integers(0, 3 * N), max_size=6))
def test_any_division_into_reads_gives_the_same(cuts: list[int]) -> None:
    words = TaggedWords(TICKS)
    edges = [0, *sorted(cuts), 3 * N]
    found = [words.take(MEMORY[7 * a : 7 * b]) for a, b in pairwise(edges)]
    rows = [row.tolist() for drained in found for row in drained.raw]
    assert rows == [[-index, 5, 6, index, 2, 3] for index in range(N)]


@settings(max_examples=200)
@given(st.integers(24, 7 * 3 * N - 1), st.integers(0, 7))
def test_a_flipped_bit_costs_its_sample_and_those_beside_it(byte: int, bit: int) -> None:
    damaged = bytearray(MEMORY)
    damaged[byte] ^= 1 << bit
    words = TaggedWords(TICKS)
    drained = words.take(bytes(damaged))
    assert len(drained.counts) >= N - 3
    beside = {byte // 21 - 1, byte // 21, byte // 21 + 1}
    kept = set(-drained.raw[:, 0]) if byte % 7 == 0 else set()
    assert not kept & beside
    in_tag_or_stamp = byte % 7 == 0
    assert not in_tag_or_stamp or drained.troubles[0].kind is TroubleKind.DAMAGED


def test_stamps_go_on_beyond_their_overflow() -> None:
    words = TaggedWords(TICKS)
    start = 2**32 - 1000
    given_words = b"".join(sample(i, start + round(i * TICKS)) for i in range(N))
    counts = words.take(given_words).counts
    assert (counts[1:] - counts[:-1] == 384).all()


def test_a_jump_of_the_stamps_means_that_the_chip_restarted() -> None:
    words = TaggedWords(TICKS)
    words.take(MEMORY)
    with pytest.raises(ChipError) as error:
        words.take(b"".join(sample(i, 100 + round(i * TICKS)) for i in range(N)))
    assert error.value.trouble.kind is TroubleKind.RESTARTED
