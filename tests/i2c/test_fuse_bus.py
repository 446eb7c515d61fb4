"""Unmodified smbus2 on the FUSE bus: calls and error numbers as on a Raspberry Pi."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from time import sleep

import pytest
from smbus2 import SMBus, i2c_msg

from rascue.core.errors import SensorUnavailable
from rascue.sensor.bus import BusError, BusErrorKind, SmbusBus, Transfer
from rascue.session.host import HostClock
from rascue.testing.i2c.faults import FaultyLine
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.lsm6dsox_model import Lsm6dsoxModel
from rascue.testing.i2c.motion import NoisyRest
from rascue.testing.i2c.wire import Wires

Mount = Callable[..., FuseBus]
CLOCK = HostClock()


def wires(line: FaultyLine | None = None) -> Wires:
    return Wires({0x6A: Lsm6dsoxModel(NoisyRest(1), CLOCK)}, sleep, line=line)


def test_smbus2_reads_and_writes(fuse_bus: Mount) -> None:
    path = fuse_bus(i2c_1=wires()).path("i2c-1")
    with SMBus(str(path)) as bus:
        assert bus.read_byte_data(0x6A, 0x0F) == 0x6C
        bus.write_byte_data(0x6A, 0x10, 0x48)
        assert bus.read_i2c_block_data(0x6A, 0x0F, 2) == [0x6C, 0x48]
        assert bus.read_word_data(0x6A, 0x0F) == 0x486C
        bus.write_byte(0x6A, 0x0F)
        assert bus.read_byte(0x6A) == 0x6C


def test_a_combined_transfer_of_4000_bytes(fuse_bus: Mount) -> None:
    path = fuse_bus(i2c_1=wires()).path("i2c-1")
    with SMBus(str(path)) as bus:
        asked = i2c_msg.read(0x6A, 4000)
        bus.i2c_rdwr(i2c_msg.write(0x6A, [0x78]), asked)
    assert bytes(asked) == bytes(4000)


def test_errors_are_those_of_a_pi(fuse_bus: Mount) -> None:
    line = FaultyLine(CLOCK)
    path = fuse_bus(i2c_1=wires(line)).path("i2c-1")
    with SMBus(str(path)) as bus:
        with pytest.raises(OSError) as absent:
            bus.read_byte_data(0x50, 0)
        assert absent.value.errno == errno.EREMOTEIO
        with pytest.raises(OSError) as read_first:
            bus.i2c_rdwr(i2c_msg.read(0x6A, 1), i2c_msg.write(0x6A, [0]))
        assert read_first.value.errno == errno.EOPNOTSUPP
        line.hold_low(60.0)
        with pytest.raises(OSError) as stuck:
            bus.read_byte_data(0x6A, 0x0F)
        assert stuck.value.errno == errno.ETIMEDOUT


def test_our_bus_counts_and_shows_every_transfer(fuse_bus: Mount) -> None:
    seen: list[Transfer] = []
    bus = SmbusBus(str(fuse_bus(i2c_1=wires()).path("i2c-1")), seen.append)
    assert bus.read(0x6A, 0x0F, 1) == b"\x6c"
    bus.write(0x6A, b"\x10\x40")
    with pytest.raises(BusError) as refused:
        bus.read(0x50, 0, 1)
    bus.close()
    assert refused.value.kind is BusErrorKind.NO_ANSWER
    assert [transfer.received for transfer in seen] == [b"\x6c", b"", b""]
    assert bus.counts.transfers == 3
    assert bus.counts.errors == {BusErrorKind.NO_ANSWER: 1}


def test_our_bus_belongs_to_one_thread(fuse_bus: Mount) -> None:
    bus = SmbusBus(str(fuse_bus(i2c_1=wires()).path("i2c-1")))
    caught: list[Exception] = []

    def elsewhere() -> None:
        try:
            bus.read(0x6A, 0x0F, 1)
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    bus.close()
    assert "belongs to the thread" in str(caught[0])


def test_a_bus_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(SensorUnavailable, match="plugged in"):
        SmbusBus("/dev/i2c-77")


def test_a_bus_that_goes_away_is_an_error_not_a_hang(fuse_bus: Mount) -> None:
    mounted = fuse_bus(i2c_1=wires())
    bus = SmbusBus(str(mounted.path("i2c-1")))
    mounted.close()
    with pytest.raises(BusError):
        bus.read(0x6A, 0x0F, 1)
    bus.close()
