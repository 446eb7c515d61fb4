"""How a programme names a song: ``song:ID[:REVISION[:CLICK]]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIX = "song:"
NEWEST = 0
"""Stands for the newest beat map where a name says none."""

_FORM = re.compile(r"song:([0-9a-f]{12})(?::(\d{1,6})(?::([a-z]+))?)?")


@dataclass(frozen=True, slots=True)
class SongName:
    """One song with one of its beat maps; ``click`` is a cue sound on every beat, "" for none."""

    song_id: str
    revision: int = NEWEST
    click: str = ""

    def __str__(self) -> str:
        """Return the form that ``song_named`` reads back."""
        parts = [PREFIX + self.song_id]
        if self.revision != NEWEST or self.click:
            parts.append(str(self.revision))
        return ":".join([*parts, self.click] if self.click else parts)


def song_named(sound: str) -> SongName | None:
    """Return which song a sound is; None for any other sound."""
    found = _FORM.fullmatch(sound)
    if found is None:
        return None
    song_id, revision, click = found.groups()
    return SongName(song_id, int(revision or NEWEST), click or "")
