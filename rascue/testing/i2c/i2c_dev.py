"""The ioctls of /dev/i2c-N, answered from modelled wires.

The numbers of these ioctls carry no size, so only the value of the argument's pointer comes along
with the request. The caller waits in its ioctl meanwhile, so its memory can be read and written
from outside (needs the right to trace it: root, or the same process).

Source: Linux, include/uapi/linux/i2c-dev.h and i2c.h; Documentation/i2c/dev-interface.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

from rascue.testing.i2c.wire import Message, Wires

I2C_RETRIES, I2C_TIMEOUT, I2C_SLAVE, I2C_SLAVE_FORCE = 0x0701, 0x0702, 0x0703, 0x0706
I2C_FUNCS, I2C_RDWR, I2C_PEC, I2C_SMBUS = 0x0705, 0x0707, 0x0708, 0x0720

FUNCTIONS = 0x0EFF0009
"""Plain I2C and emulated SMBus: what a Raspberry Pi reports (raspberrypi/firmware #1812)."""

MESSAGES_MAX, BYTES_MAX, BLOCK_MAX = 42, 8192, 32
READ_FLAG = 1

_MESSAGE = struct.Struct("<HHH2xQ")
_RDWR = struct.Struct("<QI4x")
_SMBUS = struct.Struct("<BB2xIQ")
QUICK, BYTE, BYTE_DATA, WORD_DATA, I2C_BLOCK = 0, 1, 2, 3, 8


class _IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class CallerMemory:
    """The memory of the process that waits in an ioctl."""

    pid: int

    def read(self, address: int, count: int) -> bytes:
        """Return bytes; ``OSError`` EFAULT where there are none."""
        buffer = ctypes.create_string_buffer(count)
        self._move(_LIBC.process_vm_readv, buffer, address, count)
        return buffer.raw

    def write(self, address: int, data: bytes) -> None:
        """Put bytes there."""
        buffer = ctypes.create_string_buffer(data, len(data))
        self._move(_LIBC.process_vm_writev, buffer, address, len(data))

    def _move(
        self,
        call: ctypes._NamedFuncPointer,
        buffer: ctypes.Array[ctypes.c_char],
        address: int,
        count: int,
    ) -> None:
        own = _IoVec(ctypes.addressof(buffer), count)
        theirs = _IoVec(address, count)
        moved = call(self.pid, ctypes.byref(own), 1, ctypes.byref(theirs), 1, 0)
        if moved != count:
            raise OSError(errno.EFAULT, "the caller's memory cannot be reached")


class OpenFile:
    """One opened device file: remembers the address set by I2C_SLAVE.

    All methods fail with ``OSError``, whose number becomes that of the caller's ioctl.
    """

    def __init__(self, wires: Wires) -> None:
        self._wires = wires
        self._address = 0

    def read(self, count: int) -> bytes:
        """Carry out read(2)."""
        return self._wires.transfer([Message(self._address, count=count, is_read=True)])[0]

    def write(self, data: bytes) -> None:
        """Carry out write(2)."""
        self._wires.transfer([Message(self._address, data)])

    def ioctl(self, request: int, argument: int, pid: int) -> int:
        """Carry out ioctl(2); return its result."""
        memory = CallerMemory(pid)
        if request in (I2C_SLAVE, I2C_SLAVE_FORCE):
            self._address = argument
        elif request == I2C_FUNCS:
            memory.write(argument, struct.pack("<Q", FUNCTIONS))
        elif request == I2C_RDWR:
            return self._combined(memory, argument)
        elif request == I2C_SMBUS:
            self._smbus(memory, argument)
        elif request not in (I2C_RETRIES, I2C_TIMEOUT, I2C_PEC):
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        return 0

    def _combined(self, memory: CallerMemory, argument: int) -> int:
        table, n_messages = _RDWR.unpack(memory.read(argument, _RDWR.size))
        if n_messages > MESSAGES_MAX:
            raise OSError(errno.EINVAL, "too many messages")
        rows = list(_MESSAGE.iter_unpack(memory.read(table, _MESSAGE.size * n_messages)))
        messages = [_message(memory, *row) for row in rows]
        for row, message, got in zip(rows, messages, self._wires.transfer(messages), strict=True):
            if message.is_read:
                memory.write(row[3], got)
        return int(n_messages)

    def _smbus(self, memory: CallerMemory, argument: int) -> None:
        is_read, command, size, data = _SMBUS.unpack(memory.read(argument, _SMBUS.size))
        if size == QUICK:
            self.write(b"")
        elif size == BYTE:
            self._byte(memory, bool(is_read), command, data)
        elif size in (BYTE_DATA, WORD_DATA):
            self._block(memory, bool(is_read), command, data, size - 1)
        elif size == I2C_BLOCK:
            count = memory.read(data, 1)[0]
            if not 1 <= count <= BLOCK_MAX:
                raise OSError(errno.EINVAL, "block length")
            self._block(memory, bool(is_read), command, data + 1, count)
        else:
            raise OSError(errno.EOPNOTSUPP, "this kind of SMBus transfer")

    def _byte(self, memory: CallerMemory, is_read: bool, command: int, data: int) -> None:  # noqa: FBT001 - as in the kernel's structure
        if is_read:
            memory.write(data, self.read(1))
        else:
            self.write(bytes((command,)))

    def _block(
        self,
        memory: CallerMemory,
        is_read: bool,  # noqa: FBT001
        command: int,
        data: int,
        count: int,
    ) -> None:
        if not is_read:
            self.write(bytes((command,)) + memory.read(data, count))
            return
        select = Message(self._address, bytes((command,)))
        asked = Message(self._address, count=count, is_read=True)
        memory.write(data, self._wires.transfer([select, asked])[1])


def _message(memory: CallerMemory, address: int, flags: int, length: int, data: int) -> Message:
    if length > BYTES_MAX:
        raise OSError(errno.EINVAL, "message too long")
    if flags & READ_FLAG:
        return Message(address, count=length, is_read=True)
    return Message(address, memory.read(data, length))
