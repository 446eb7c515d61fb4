"""What the parts of a sound's name mean: ``SOUND`` or ``STYLE:KEY``, then ``:SIDES``. Pure.

The name is all that programme, session file and link carry of a sound, so that one text says it.
"""

from __future__ import annotations

from enum import StrEnum


class Sides(StrEnum):
    """How the beats of the two sides differ; which side begins is not known to the sound.

    Off unless it is asked for: that it helps gait is not shown, and one ear may be the worse one.
    """

    ALIKE = "alike"
    TIMBRE = "timbre"
    """Every second beat is a whole tone lower."""
    EAR = "ear"
    """Every second beat is in the other ear; a device with one channel plays all alike."""


def sides_of(name: str) -> Sides:
    """Return how the sides differ in ``woodblock:ear``; alike where nothing is said."""
    last = name.rpartition(":")[2]
    return Sides(last) if last in set(Sides) else Sides.ALIKE


def without_sides(name: str) -> str:
    """Return the name of the sound alone."""
    first, _, last = name.rpartition(":")
    return first if last in set(Sides) else name
