from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import BlockFlag, EngineNs
from rascue.sensor.base import EndOfRecording
from rascue.sensor.recording import load_recording
from rascue.sensor.replay import Pace, ReplaySource, blocks
from rascue.testing.sources import ImuSourceContract

START = EngineNs(7_000_000_000)


class HandClock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START
        self.slept_s: list[float] = []

    def now_ns(self):
        return EngineNs(self.now)

    def sleep(self, seconds):
        self.slept_s.append(seconds)
        self.now += round(seconds * 1e9)


@pytest.fixture
def recording(npz, walk):
    kept = np.r_[0:203, 320:500]
    return load_recording(npz(**{key: walk[key][kept] for key in ("t", "acc", "gyr")}))


class TestReplayKeepsTheContract(ImuSourceContract):
    @pytest.fixture(autouse=True)
    def _given(self, recording):
        self.recording = recording

    def make_source(self):
        return ReplaySource(self.recording, START)


class TestPacedReplayKeepsTheContract(ImuSourceContract):
    @pytest.fixture(autouse=True)
    def _given(self, recording):
        self.recording = recording

    def make_source(self):
        clock = HandClock()
        return ReplaySource(self.recording, START, pace=Pace(clock, clock.sleep))


def read_all(source):
    source.open()
    given = []
    with pytest.raises(EndOfRecording):
        while True:
            given.append(source.read(1.0))
    return [block for block in given if block is not None]


@pytest.mark.parametrize("block_samples", [1, 7, 10, 203, 10_000])
def test_blocks_hold_every_sample_once(recording, block_samples):
    given = list(blocks(recording, block_samples, START))
    assert np.array_equal(np.concatenate([b.t_ns for b in given]), recording.t_ns + START)
    assert np.array_equal(np.concatenate([b.acc_mps2 for b in given]), recording.acc_mps2)
    assert np.array_equal(np.concatenate([b.gyr_dps for b in given]), recording.gyr_dps)
    assert max(b.n for b in given) <= block_samples


@pytest.mark.parametrize("block_samples", [1, 7, 10, 10_000])
def test_a_gap_begins_a_block(recording, block_samples):
    flagged = [b for b in blocks(recording, block_samples) if b.flags]
    assert [(b.flags, b.first_ns) for b in flagged] == [(BlockFlag.GAP_BEFORE, 3_200_000_000)]


def test_samples_are_stamped_in_engine_time(recording):
    first = read_all(ReplaySource(recording, START))[0]
    assert (first.first_ns, first.n) == (START, 10)


def test_unpaced_blocks_come_at_once_and_end(recording):
    given = read_all(ReplaySource(recording, block_s=0.25))
    assert sum(b.n for b in given) == len(recording.t_ns)
    assert {b.n for b in given[:8]} == {25}


def test_a_paced_block_comes_when_its_last_sample_would(recording):
    clock = HandClock()
    source = ReplaySource(recording, START, pace=Pace(clock, clock.sleep))
    source.open()
    for block in blocks(recording, 10, START):
        while (given := source.read(1.0)) is None:
            pass
        assert given.last_ns == block.last_ns == clock.now


def test_a_block_that_is_not_due_is_waited_for_no_longer_than_asked(recording):
    clock = HandClock()
    source = ReplaySource(recording, START, pace=Pace(clock, clock.sleep))
    source.open()
    assert source.read(0.05) is None
    assert clock.slept_s == [0.05]
    block = source.read(0.05)
    assert block is not None
    assert block.first_ns == START
    assert clock.slept_s == pytest.approx([0.05, 0.04])


def test_a_late_reader_does_not_wait(recording):
    clock = HandClock()
    clock.now += 60_000_000_000
    read_all(ReplaySource(recording, START, pace=Pace(clock, clock.sleep)))
    assert clock.slept_s == []


def test_a_closed_source_has_ended(recording):
    source = ReplaySource(recording)
    source.open()
    source.close()
    with pytest.raises(EndOfRecording):
        source.read(0.0)
