"""Looks whether there is room for another session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rascue.core.faults import FaultCode
from rascue.store.location import free_bytes

BYTES_PER_MB = 1_000_000


class DiskWatch:
    """States STORE_FULL once when room gets scarce, and once when it is there again."""

    def __init__(self, folder: Path, free_min_mb: int) -> None:
        self._folder = folder
        self._free_min_mb = free_min_mb
        self._full = False

    def look(self) -> Iterator[tuple[FaultCode, bool, str]]:
        """Yield (code, raised, detail) when the state changed."""
        free_mb = free_bytes(self._folder) // BYTES_PER_MB
        full = free_mb < self._free_min_mb
        if full != self._full:
            self._full = full
            yield FaultCode.STORE_FULL, full, f"{free_mb} MB free of {self._free_min_mb} MB needed"
