"""Registers: fields, read-back, one repetition and no more."""

from __future__ import annotations

import pytest

from rascue.sensor.bus import BusError, BusErrorKind, TransferCounts
from rascue.sensor.registers import Field, Register, RegisterAccess, SettingLostError

CONTROL = Register(0x10, "CONTROL")
STATUS = Register(0x11, "STATUS", kept_bits=0x0F)


class Memory:
    """A bus with one chip of plain memory; the next ``fail`` transfers fail."""

    name = "memory"

    def __init__(self) -> None:
        self.bytes = bytearray(32)
        self.fail = 0
        self.kind = BusErrorKind.NO_ANSWER
        self.stuck: int | None = None
        self.counts = TransferCounts()

    def read(self, _address: int, register: int, count: int) -> bytes:
        self._maybe_fail()
        return bytes(self.bytes[register : register + count])

    def write(self, _address: int, data: bytes) -> None:
        self._maybe_fail()
        if data[0] != self.stuck:
            self.bytes[data[0]] = data[1]

    def close(self) -> None:
        pass

    def _maybe_fail(self) -> None:
        self.counts.transfers += 1
        if self.fail:
            self.fail -= 1
            raise BusError(self.kind, "failed")


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def access(memory: Memory) -> RegisterAccess:
    found = RegisterAccess(0x6A, lambda _: None)
    found.attach(memory)
    return found


def test_fields_take_and_give_their_bits() -> None:
    rate = Field(CONTROL, 4, 3)
    assert rate.at(5) == 0x50
    assert rate.of(0xDF) == 5
    with pytest.raises(ValueError, match="CONTROL"):
        rate.at(8)


def test_one_failure_is_repeated_two_are_told(memory: Memory, access: RegisterAccess) -> None:
    memory.bytes[0x10] = 7
    memory.fail = 1
    assert access.read(CONTROL) == 7
    memory.fail = 2
    with pytest.raises(BusError):
        access.read(CONTROL)


def test_a_bus_that_is_gone_is_not_asked_again(memory: Memory, access: RegisterAccess) -> None:
    memory.fail, memory.kind = 1, BusErrorKind.GONE
    with pytest.raises(BusError):
        access.read(CONTROL)
    assert memory.counts.transfers == 1


def test_what_does_not_stick_is_told_by_name(memory: Memory, access: RegisterAccess) -> None:
    memory.stuck = 0x10
    with pytest.raises(SettingLostError, match="CONTROL does not hold 0x41"):
        access.apply([(CONTROL, 0x41)])


def test_bits_that_the_chip_changes_are_not_compared(
    memory: Memory, access: RegisterAccess
) -> None:
    access.apply([(STATUS, 0x05)])
    memory.bytes[0x11] = 0xF5
    access.verify([(STATUS, 0x05)])
    memory.bytes[0x11] = 0x04
    with pytest.raises(SettingLostError, match="STATUS"):
        access.verify([(STATUS, 0x05)])


def test_without_a_bus_nothing_is_read() -> None:
    with pytest.raises(BusError, match="not open"):
        RegisterAccess(0x6A, lambda _: None).read(CONTROL)
