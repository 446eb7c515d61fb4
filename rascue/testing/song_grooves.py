"""Kinds of music as drums, bass and chords usually play them, read from ``song_grooves.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

import numpy as np

DEFAULT_BAR = 4
FACTS = frozenset({"bpm", "bar", "swing", "held"})
"""What is no part."""


@dataclass(frozen=True, slots=True)
class Groove:
    """One kind of music.

    Parameters
    ----------
    bpm
        Slowest and fastest usual tempo of the beat, beats/min.
    beats
        Beats in a bar.
    swing
        How much later every second of four parts of a beat comes, as a share of the beat.
    held_out
        Only to judge what was chosen by others.
    parts
        Instrument -> what it plays, one text for each beat, as the table describes.
    """

    name: str
    bpm: tuple[float, float]
    beats: int
    swing: float
    held_out: bool
    parts: Mapping[str, tuple[str, ...]]

    @property
    def divided_by(self) -> int:
        """Into how many equal parts its beat is divided at most."""
        return max(len(group) for part in self.parts.values() for group in part)


def _groove(name: str, table: Mapping[str, object]) -> Groove:
    slowest, fastest = map(float, str(table["bpm"]).strip("[]").split(","))
    return Groove(
        name,
        (slowest, fastest),
        int(str(table.get("bar", DEFAULT_BAR))),
        float(str(table.get("swing", 0.0))),
        bool(table.get("held", False)),
        {part: tuple(str(bar).split()) for part, bar in table.items() if part not in FACTS},
    )


def _read() -> Mapping[str, Groove]:
    text = (files("rascue.testing") / "song_grooves.toml").read_text("utf-8")
    return MappingProxyType(
        {name: _groove(name, table) for name, table in tomllib.loads(text).items()}
    )


GROOVES: Mapping[str, Groove] = _read()


ROLES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("kick", "surdo"), "kick"),
        **dict.fromkeys(("snare", "clap", "rim"), "snare"),
        **dict.fromkeys(("tom", "conga", "clave"), "percussion"),
        **dict.fromkeys(("hat", "ohat", "ride", "shaker", "tamb", "cowbell"), "high"),
        "bass": "bass",
    }
)
"""Role of an instrument; the others play chords."""

TEMPO_GAP, EXCHANGED = 0.85, 0.5


def mixed_groove(rng: np.random.Generator) -> Groove:
    """Return a groove that is not held out, about half of its parts played as in others."""
    known = [groove for groove in GROOVES.values() if not groove.held_out]
    base = known[int(rng.integers(len(known)))]
    alike = [one for one in known if one is not base and _go_together(one, base)]
    parts: dict[str, tuple[str, ...]] = {}
    for name, texts in base.parts.items():
        if alike and rng.random() < EXCHANGED:
            other = alike[int(rng.integers(len(alike)))]
            fitting = [part for part in other.parts.items() if _role(part[0]) == _role(name)]
            if fitting:
                part, bars = fitting[int(rng.integers(len(fitting)))]
                parts[part] = bars
                continue
        parts.setdefault(name, texts)
    return Groove(base.name, base.bpm, base.beats, base.swing, False, parts)


def _role(instrument: str) -> str:
    return ROLES.get(instrument, "chords")


def _go_together(one: Groove, other: Groove) -> bool:
    in_thirds = [groove.divided_by == 3 for groove in (one, other)]  # noqa: PLR2004
    slowest, fastest = max(one.bpm[0], other.bpm[0]), min(one.bpm[1], other.bpm[1])
    return (
        one.beats == other.beats and in_thirds[0] == in_thirds[1] and fastest / slowest > TEMPO_GAP
    )
