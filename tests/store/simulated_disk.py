"""A disk below SQLite that can lose power, fill up or fail, at any single operation.

What was written but not synced is at the mercy of a power cut: of each file every such write
survives or not, in any order, whole or torn at a sector. Deletions are taken as durable at once.
The recipe, and what it found out about SQLite's modes, stands in ECOSYSTEM 1.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import numpy as np

SECTOR_BYTES = 512
SURVIVES = 0.5
TORN = 0.3

Write = tuple[int, bytes]
"""Offset and data; a truncation is the new length and no data."""


@dataclass
class SimulatedFile:
    """What the program sees, what is durable, and what was written in between."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write] = field(default_factory=list)

    def write(self, write: Write) -> None:
        apply(self.seen, write)
        self.pending.append(write)

    def sync(self) -> None:
        self.durable = bytearray(self.seen)
        self.pending.clear()

    def after_a_cut(self, rng: np.random.Generator) -> bytes:
        left = bytearray(self.durable)
        for index in rng.permutation(len(self.pending)):
            offset, data = self.pending[index]
            if rng.random() < SURVIVES:
                if len(data) > SECTOR_BYTES and rng.random() < TORN:
                    sectors = int(rng.integers(1, len(data) // SECTOR_BYTES + 1))
                    data = data[: sectors * SECTOR_BYTES]
                apply(left, (offset, data))
        return bytes(left)


def apply(content: bytearray, write: Write) -> None:
    offset, data = write
    if not data:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class SimulatedDisk(apsw.VFS):
    """Files in memory; ``fails_at`` says which operation fails, and with what.

    Parameters
    ----------
    fails_at
        Number of the writing operation (write, truncate, sync, delete) that fails; None = never.
    error
        What it fails with.
    lasting
        True: every later one fails too, as after a power cut.
    """

    def __init__(self, fails_at: int | None, error: type[apsw.Error], lasting: bool) -> None:
        self.files: dict[str, SimulatedFile] = {}
        self.operations = 0
        self._fails_at, self._error, self._lasting = fails_at, error, lasting
        super().__init__("simulated", "", makedefault=True)

    def operation(self) -> None:
        self.operations += 1
        if self._fails_at is None or self.operations < self._fails_at:
            return
        if self._lasting or self.operations == self._fails_at:
            raise self._error("simulated")

    def xOpen(self, name, flags):  # noqa: N802 - SQLite's name
        key = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        return OpenFile(self, self.files.setdefault(key, SimulatedFile()))

    def xDelete(self, name, sync_folder):  # noqa: N802
        self.operation()
        self.files.pop(name, None)

    def xAccess(self, name, flags):  # noqa: N802
        return name in self.files

    def xFullPathname(self, name):  # noqa: N802
        return name

    def leave(self, folder: Path, rng: np.random.Generator) -> None:
        """Put what a power cut leaves into real files."""
        for name, file in self.files.items():
            (folder / Path(name).name).write_bytes(file.after_a_cut(rng))


class OpenFile:
    """One open file of the disk; locks are not needed by a single connection."""

    def __init__(self, disk: SimulatedDisk, file: SimulatedFile) -> None:
        self._disk, self._file = disk, file

    def xRead(self, amount, offset):  # noqa: N802
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data, offset):  # noqa: N802
        self._disk.operation()
        self._file.write((offset, bytes(data)))

    def xTruncate(self, size):  # noqa: N802
        self._disk.operation()
        self._file.write((size, b""))

    def xSync(self, flags):  # noqa: N802
        self._disk.operation()
        self._file.sync()

    def xFileSize(self):  # noqa: N802
        return len(self._file.seen)

    def xFileControl(self, code, pointer):  # noqa: N802
        return False

    def xSectorSize(self):  # noqa: N802
        return SECTOR_BYTES

    def xDeviceCharacteristics(self):  # noqa: N802
        return 0

    def xCheckReservedLock(self):  # noqa: N802
        return False

    def xLock(self, level):  # noqa: N802
        pass

    def xUnlock(self, level):  # noqa: N802
        pass

    def xClose(self):  # noqa: N802
        pass


@contextmanager
def simulated_disk(
    fails_at: int | None = None, error: type[apsw.Error] = apsw.IOError, *, lasting: bool = True
) -> Iterator[SimulatedDisk]:
    """Put a simulated disk below every new connection.

    Such a disk has no shared memory, which SQLite's log can do without when a connection
    announces that it is the only one.
    """
    disk = SimulatedDisk(fails_at, error, lasting)
    apsw.connection_hooks.append(lambda new: new.pragma("locking_mode", "EXCLUSIVE"))
    try:
        yield disk
    finally:
        apsw.connection_hooks.pop()
        disk.unregister()
