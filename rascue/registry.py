"""Finds plug-ins by kind and name; built-in ones are listed the same way as anybody else's.

A plug-in is an entry point of the group ``rascue.<kind>`` (pyproject.toml lists ours). Only the
one that is asked for is imported.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from rascue.core.errors import WrongUse
from rascue.core.spelling import nearest


class Kind(StrEnum):
    """What a plug-in can be; the protocol stands in ``base.py`` of the stage."""

    SENSOR = "sensors"
    DETECTOR = "detectors"
    STRATEGY = "strategies"
    AUDIO_OUT = "audio_outs"
    EXPORTER = "exporters"


_WORD = {
    Kind.SENSOR: "sensor",
    Kind.DETECTOR: "step detector",
    Kind.STRATEGY: "cue strategy",
    Kind.AUDIO_OUT: "sound output",
    Kind.EXPORTER: "export format",
}


def names(kind: Kind) -> tuple[str, ...]:
    """Return the names of all installed plug-ins of a kind, sorted."""
    return tuple(sorted(_installed(kind)))


def find(kind: Kind, name: str) -> Any:
    """Return the class of a plug-in.

    Raises
    ------
    WrongUse
        When none of that name is installed; the line names the nearest and all known ones.
    """
    installed = _installed(kind)
    if name not in installed:
        hint = nearest(name, installed)
        known = ", ".join(sorted(installed)) or "none; run `make setup`"
        raise WrongUse(f'there is no {_WORD[kind]} "{name}"{hint}; known are: {known}')
    return installed[name].load()


@cache
def _installed(kind: Kind) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"rascue.{kind}")}
