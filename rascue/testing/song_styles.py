"""Grooves of records, for the search of beats only: where drums, bass and chords usually play.

The app's own styles strike a drum on every beat, or none; these have the bass drum where bands have
it. ``LEARNED`` were looked at while choosing, ``UNSEEN`` only to judge what had been chosen: one
way of choosing the phase was given up because it failed on *rock*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rascue.audio.music.harmony import Key, Mode
from rascue.audio.music.styles import FIVE, FOUR, ONE, SIX, Layer, Style

_KEY = Key(0, Mode.MAJOR)
_CHORDS = (ONE, SIX, FOUR, FIVE, ONE, FOUR, FIVE, ONE)


@dataclass(frozen=True, slots=True)
class Groove:
    """A style, and one bar of its bass drum, written as the bars of layers are."""

    style: Style
    kick: str


def _groove(kick: str, *layers: Layer, beats: int = 4) -> Groove:
    return Groove(Style("drum", _KEY, beats, _CHORDS, layers), kick)


LEARNED: Mapping[str, Groove] = MappingProxyType(
    {
        "disco": _groove(
            "x x x x",
            Layer("hat", ".x .x .x .x", -12.0),
            Layer("bass", "RO RO RO RO", -4.0),
            Layer("snare", ". x . x", -9.0),
            Layer("epiano", "..x. ..x. ..x. ..xx", -11.0),
        ),
        "ska": _groove(
            ". x . x",
            Layer("snare", ". x . x", -9.0),
            Layer("bass", "R F O F", -3.0),
            Layer("epiano", ".x .x .x .x", -9.0),
            Layer("hat", "xx xx xx xx", -16.0),
        ),
        "country": _groove(
            "x . x .",
            Layer("bass", "R . F .", -3.0),
            Layer("pluck", ".x .x .x .x", -9.0),
            Layer("snare", ".x .x .x .x", -14.0),
        ),
        "pushed": _groove(
            "x. .x x. ..",
            Layer("bass", "R. .R .R ..", -4.0),
            Layer("epiano", "x. .x .. .x", -9.0),
            Layer("snare", ".. x. .. x.", -9.0),
            Layer("hat", "xx xx xx xx", -15.0),
        ),
    }
)

UNSEEN: Mapping[str, Groove] = MappingProxyType(
    {
        "rock": _groove(
            "x. .. xx ..",
            Layer("snare", ".. x. .. x.", -6.0),
            Layer("hat", "xx xx xx xx", -14.0),
            Layer("bass", "RR RR RR RR", -4.0),
            Layer("pluck", "x. .. .x x.", -9.0),
        ),
        "one-drop": _groove(
            ". . x .",
            Layer("snare", ". . x .", -8.0),
            Layer("epiano", ".x .x .x .x", -8.0),
            Layer("bass", "R. .F R. FO", -3.0),
            Layer("hat", "xx xx xx xx", -16.0),
        ),
        "slow waltz": _groove(
            "x . .",
            Layer("bass", "R . .", -3.0),
            Layer("pluck", ". x x", -10.0),
            Layer("pad", "x . .", -15.0),
            beats=3,
        ),
    }
)
GROOVES: Mapping[str, Groove] = MappingProxyType({**LEARNED, **UNSEEN})
