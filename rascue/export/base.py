"""The seam of everything that takes a session out of the house."""

from __future__ import annotations

from typing import IO, Protocol

from rascue.store.reader import SessionReader


class Exporter(Protocol):
    """Writes one session in one format; the same session gives the same bytes."""

    @property
    def name(self) -> str:
        """Registered name of the format."""
        ...

    @property
    def media_type(self) -> str:
        """Media type of what is written (RFC 6838)."""
        ...

    @property
    def suffix(self) -> str:
        """End of the file's name, with its dot."""
        ...

    def write(self, reader: SessionReader, out: IO[bytes]) -> None:
        """Write the session.

        Raises
        ------
        StoreError
            When the session file is damaged.
        """
        ...
