"""The grooves: which part plays what on each fraction of each beat.

One bar of a part is written as text, one group for each beat, one character for each equal part of
it (so ``x...`` is the beat alone and ``..x.`` the second half):

``.`` nothing, ``x`` strike a drum or the whole chord, ``R F O`` root, fifth or octave in the bass,
``1 2 3`` one note of the chord from below, ``4`` its lowest note an octave higher; the voice says
these numbers.

All are defaults, written by us and not judged by listeners yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rascue.audio.music.harmony import Key, Mode, key_named

PHRASE_BARS = 4
"""Bars of a call, and of its answer."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One part of a style.

    Parameters
    ----------
    instrument
        Name in ``instruments``.
    bar
        What it plays in one bar, as the module describes.
    level_db
        Peak level against the beat itself, dB.
    from_intensity
        It is silent below this intensity, 0..1.
    balance
        -1 is left, 1 is right.
    """

    instrument: str
    bar: str
    level_db: float
    from_intensity: float = 0.0
    balance: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """One groove.

    Parameters
    ----------
    anchor
        The cue sound on every beat; it is the beat, at its exact frame.
    beats
        Beats in a bar.
    progression
        One degree for each bar, counted from 0, of ``1 4 5 6`` only; two phrases.
    fill, fill_rhythm
        Instrument that ends each phrase, and when it plays in that bar; "" where none does.
    """

    anchor: str
    key: Key
    beats: int
    progression: tuple[int, ...]
    layers: tuple[Layer, ...]
    fill: str = ""
    fill_rhythm: str = ""


ONE, FOUR, FIVE, SIX = 0, 3, 4, 5

# Patterns: nothing but the beat and its softer parts.
HALVES = Style("click", Key(0, Mode.MAJOR), 2, (ONE,) * 8, (Layer("tick", ".x .x", -9.0, 0.0),))
THIRDS = Style("click", Key(0, Mode.MAJOR), 2, (ONE,) * 8, (Layer("tick", ".xx .xx", -9.0, 0.0),))

# Counting: a voice says the number of the beat in its bar; the click stays the exact beat.
COUNT = Style("click", Key(0, Mode.MAJOR), 4, (ONE,) * 8, (Layer("voice", "1 2 3 4", -1.0),))
COUNT_TWO = Style("click", Key(0, Mode.MAJOR), 2, (ONE,) * 8, (Layer("voice", "1 2", -1.0),))
COUNT_THREE = Style("click", Key(0, Mode.MAJOR), 3, (ONE,) * 8, (Layer("voice", "1 2 3", -1.0),))

MARCH = Style(
    anchor="drum",
    key=Key(7, Mode.MAJOR),
    beats=4,
    progression=(ONE, FOUR, ONE, FIVE, ONE, SIX, FOUR, ONE),
    layers=(
        Layer("bass", "R. F. R. F.", -4.0),
        Layer("epiano", ".x .x .x .x", -11.0, 0.2, 0.3),
        Layer("snare", ".. x. .. xx", -12.0, 0.5),
        Layer("pad", "x. .. x. ..", -15.0, 0.75),
    ),
    fill="marimba",
    fill_rhythm="x. xx x. x.",
)
WALTZ = Style(
    anchor="woodblock",
    key=Key(2, Mode.MAJOR),
    beats=3,
    progression=(ONE, SIX, FOUR, FIVE, ONE, FOUR, FIVE, ONE),
    layers=(
        Layer("bass", "R. .. ..", -3.0),
        Layer("pluck", ".. x. x.", -11.0, 0.1, -0.3),
        Layer("marimba", "1. 23 43", -12.0, 0.5, 0.4),
        Layer("pad", "x. .. ..", -15.0, 0.75),
    ),
    fill="epiano",
    fill_rhythm="x. xx x.",
)
FOLK = Style(
    anchor="woodblock",
    key=Key(9, Mode.MINOR),
    beats=4,
    progression=(ONE, SIX, FOUR, FIVE, ONE, FOUR, FIVE, ONE),
    layers=(
        Layer("pluck", "12 32 42 32", -8.0, 0.0, -0.2),
        Layer("bass", "R. .. F. ..", -4.0, 0.2),
        Layer("shaker", "xx xx xx xx", -16.0, 0.5, 0.4),
        Layer("pad", "x. .. x. ..", -16.0, 0.75),
    ),
    fill="pluck",
    fill_rhythm="xx x. xx x.",
)
ISLAND = Style(
    anchor="drum",
    key=Key(0, Mode.MIXOLYDIAN),
    beats=4,
    progression=(ONE, ONE, FOUR, FIVE, ONE, SIX, FOUR, ONE),
    layers=(
        Layer("marimba", "..x. ..x. ..x. ..x.", -9.0, 0.0, 0.3),
        Layer("bass", "R... ..F. R.O. ..F.", -3.0),
        Layer("shaker", "x.xx x.xx x.xx x.xx", -16.0, 0.4, -0.4),
        Layer("epiano", "x... .... .... ..x.", -13.0, 0.7, -0.3),
    ),
    fill="marimba",
    fill_rhythm="x.x. x.xx x... x...",
)
BALLAD = Style(
    anchor="woodblock",
    key=Key(5, Mode.MAJOR),
    beats=4,
    progression=(ONE, SIX, FOUR, FIVE, SIX, FOUR, FIVE, ONE),
    layers=(
        Layer("epiano", "x. .. x. ..", -8.0),
        Layer("bass", "R. .. .. F.", -4.0, 0.2),
        Layer("pad", "x. .. x. ..", -13.0, 0.4),
        Layer("hat", ".x .x .x .x", -18.0, 0.6, 0.3),
        Layer("marimba", "1. 2. 3. 4.", -14.0, 0.75, -0.3),
    ),
    fill="epiano",
    fill_rhythm="x. x. xx x.",
)
GROOVE = Style(
    anchor="drum",
    key=Key(4, Mode.MINOR),
    beats=4,
    progression=(ONE, ONE, FOUR, FIVE, ONE, SIX, FOUR, ONE),
    layers=(
        Layer("bass", "R..R ..O. R..F ..R.", -3.0),
        Layer("hat", "x.x. x.x. x.x. x.xx", -16.0, 0.1, 0.3),
        Layer("snare", ".... x... .... x...", -9.0, 0.3),
        Layer("epiano", "..x. ...x ..x. ...x", -11.0, 0.5, -0.3),
        Layer("pad", "x... .... x... ....", -16.0, 0.75),
    ),
    fill="epiano",
    fill_rhythm="x..x ..x. x.x. x...",
)

STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "halves": HALVES,
        "thirds": THIRDS,
        "count": COUNT,
        "count2": COUNT_TWO,
        "count3": COUNT_THREE,
        "march": MARCH,
        "waltz": WALTZ,
        "folk": FOLK,
        "island": ISLAND,
        "ballad": BALLAD,
        "groove": GROOVE,
    }
)


@dataclass(frozen=True, slots=True)
class Music:
    """A style in a key."""

    style: Style
    key: Key


def music_named(name: str) -> Music | None:
    """Return the music that ``STYLE`` or ``STYLE:KEY`` names, as ``folk:d-minor``; None if none."""
    style_name, colon, key_name = name.partition(":")
    style = STYLES.get(style_name)
    if style is None:
        return None
    key = key_named(key_name) if colon else style.key
    return Music(style, key) if key is not None else None
