"""Files that answer like /dev/i2c-N: a FUSE file system of our own, served by one thread.

Nothing but the kernel's own FUSE is needed: no module, no library, no I2C in the kernel. Whoever
opens such a file goes through open(2) and ioctl(2) as on a Raspberry Pi. Differences: it is a
regular file, and there is nothing in /sys. Needs root and /dev/fuse.

Source: Linux, include/uapi/linux/fuse.h, protocol 7.31 (numbers and layouts of the messages).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import select
import stat
import struct
import threading
from collections.abc import Callable, Mapping
from enum import IntEnum
from pathlib import Path

from rascue.core.errors import RascueError
from rascue.sensor.bus import I2cBus, SmbusBus
from rascue.testing.i2c.direct_bus import DirectBus
from rascue.testing.i2c.i2c_dev import OpenFile
from rascue.testing.i2c.wire import Wires

FUSE_DEVICE = Path("/dev/fuse")
PROTOCOL_MAJOR, PROTOCOL_MINOR = 7, 31
REQUEST_MAX_BYTES = 1 << 18
WRITE_MAX_BYTES = 1 << 17
ROOT_NODE = 1
FIRST_FILE_NODE = 2
VALID_S = 60
IDLE_S = 0.005
"""A chip samples by itself, not when it is asked: work left till then would make its answer late,
and an instant taken at the middle of a transfer wrong by 0.3 ms (as it did)."""

DIRECT_IO, NON_SEEKABLE = 1, 4
MS_NOSUID, MS_NODEV, MNT_FORCE, MNT_DETACH = 2, 4, 1, 2

_IN = struct.Struct("<IIQQIIII")
_OUT = struct.Struct("<IiQ")
_IOCTL = struct.Struct("<QIIQII")
_INIT_OUT = struct.Struct("<IIIIHHIIHHII6I")
_ATTR = struct.Struct("<QQQQQQ10I")


class Op(IntEnum):
    """Requests of the kernel that are answered."""

    LOOKUP = 1
    FORGET = 2
    GETATTR = 3
    OPEN = 14
    READ = 15
    WRITE = 16
    RELEASE = 18
    FLUSH = 25
    INIT = 26
    OPENDIR_OR_NOTHING = 34
    IOCTL = 39
    BATCH_FORGET = 42


_LIBC = ctypes.CDLL(None, use_errno=True)


def bus_opener(wires: Wires, fuse: FuseBus | None, name: str) -> Callable[[], I2cBus]:
    """Return the way to modelled wires: through the kernel, or with None without it."""
    if fuse is None:
        return lambda: DirectBus(wires)
    path = str(fuse.path(name))
    return lambda: SmbusBus(path)


def is_fuse_usable() -> bool:
    """Return whether this machine lets us mount a FUSE file system."""
    return os.geteuid() == 0 and FUSE_DEVICE.exists()


class FuseBus:
    """A mounted folder with one file a bus.

    Parameters
    ----------
    folder
        Where to mount; made if it is absent.
    buses
        Wires by file name ("i2c-1").

    Raises
    ------
    RascueError
        When the system does not allow it.
    """

    def __init__(self, folder: Path, buses: Mapping[str, Wires]) -> None:
        self._folder = folder
        self._names = list(buses)
        self._wires = list(buses.values())
        self._open_files: dict[int, OpenFile] = {}
        self._next_handle = 1
        self._answers: dict[int, Callable[[int, int, bytes], bytes]] = {
            Op.INIT: self._init,
            Op.LOOKUP: self._lookup,
            Op.GETATTR: self._getattr,
            Op.OPEN: self._open,
            Op.READ: self._read,
            Op.WRITE: self._write,
            Op.RELEASE: self._release,
            Op.FLUSH: lambda *_: b"",
            Op.OPENDIR_OR_NOTHING: lambda *_: b"",
            Op.IOCTL: self._ioctl,
        }
        self._fd = self._mounted()
        self._thread = threading.Thread(target=self._serve, name="fuse-bus", daemon=True)
        self._thread.start()

    def path(self, name: str) -> Path:
        """Return the file of a bus."""
        return self._folder / name

    def close(self) -> None:
        """Unmount; transfers under way fail."""
        _LIBC.umount2(os.fsencode(self._folder), MNT_FORCE | MNT_DETACH)
        self._thread.join(2.0)

    def __enter__(self) -> FuseBus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _mounted(self) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            fd = os.open(FUSE_DEVICE, os.O_RDWR)
        except OSError as error:
            raise RascueError(f"{FUSE_DEVICE}: {error.strerror}; the test bus needs it") from None
        options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        flags = MS_NOSUID | MS_NODEV
        if _LIBC.mount(b"rascue-i2c", os.fsencode(self._folder), b"fuse", flags, options):
            reason = os.strerror(ctypes.get_errno())
            os.close(fd)
            raise RascueError(f"{self._folder}: cannot mount the test bus ({reason}); run as root")
        return fd

    # --- the kernel asks -----------------------------------------------------------------------

    def _serve(self) -> None:
        while True:
            try:
                while not select.select((self._fd,), (), (), IDLE_S)[0]:
                    for wires in self._wires:
                        wires.idle()
                request = os.read(self._fd, REQUEST_MAX_BYTES)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                os.close(self._fd)
                return
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        length, op, unique, node, _, _, pid, _ = _IN.unpack_from(request)
        if op in (Op.FORGET, Op.BATCH_FORGET):
            return
        try:
            reply, failure = self._reply(op)(node, pid, request[_IN.size : length]), 0
        except OSError as error:
            reply, failure = b"", -(error.errno or errno.EIO)
        # The caller may have gone meanwhile; then the kernel does not want the answer any more.
        with contextlib.suppress(OSError):
            os.write(self._fd, _OUT.pack(_OUT.size + len(reply), failure, unique) + reply)

    def _reply(self, op: int) -> Callable[[int, int, bytes], bytes]:
        if op not in self._answers:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        return self._answers[op]

    def _init(self, _node: int, _pid: int, body: bytes) -> bytes:
        _, minor = struct.unpack_from("<II", body)
        return _INIT_OUT.pack(
            PROTOCOL_MAJOR, min(minor, PROTOCOL_MINOR), WRITE_MAX_BYTES, 0, 12, 9,
            WRITE_MAX_BYTES, 1, 0, 0, 0, 0, *([0] * 6),
        )  # fmt: skip

    def _lookup(self, node: int, _pid: int, body: bytes) -> bytes:
        name = body.rstrip(b"\0").decode()
        if node != ROOT_NODE or name not in self._names:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        found = FIRST_FILE_NODE + self._names.index(name)
        return struct.pack("<QQQQII", found, 0, VALID_S, VALID_S, 0, 0) + _attributes(found)

    def _getattr(self, node: int, _pid: int, _body: bytes) -> bytes:
        return struct.pack("<QII", VALID_S, 0, 0) + _attributes(node)

    def _open(self, node: int, _pid: int, _body: bytes) -> bytes:
        handle = self._next_handle
        self._next_handle += 1
        self._open_files[handle] = OpenFile(self._wires[node - FIRST_FILE_NODE])
        return struct.pack("<QII", handle, DIRECT_IO | NON_SEEKABLE, 0)

    def _release(self, _node: int, _pid: int, body: bytes) -> bytes:
        self._open_files.pop(struct.unpack_from("<Q", body)[0], None)
        return b""

    def _read(self, _node: int, _pid: int, body: bytes) -> bytes:
        handle, _, size = struct.unpack_from("<QQI", body)
        return self._open_files[handle].read(size)

    def _write(self, _node: int, _pid: int, body: bytes) -> bytes:
        handle, _, size = struct.unpack_from("<QQI", body)
        self._open_files[handle].write(body[40 : 40 + size])
        return struct.pack("<II", size, 0)

    def _ioctl(self, _node: int, pid: int, body: bytes) -> bytes:
        handle, _, request, argument, _, _ = _IOCTL.unpack_from(body)
        result = self._open_files[handle].ioctl(request, argument, pid)
        return struct.pack("<iIII", result, 0, 0, 0)


def _attributes(node: int) -> bytes:
    mode = (stat.S_IFDIR | 0o755) if node == ROOT_NODE else (stat.S_IFREG | 0o666)
    return _ATTR.pack(node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
