"""The text after ``--audio`` -> a sound output, not yet open."""

from __future__ import annotations

from rascue.audio.base import AudioOut
from rascue.audio.settings import AudioOutSettings
from rascue.core.errors import WrongUse
from rascue.registry import Kind, find, names


def audio_out_for(spec: str, settings: AudioOutSettings) -> AudioOut:
    """Return the output that ``--audio SPEC`` names.

    Parameters
    ----------
    spec
        ``NAME`` or ``NAME:ARGUMENT``; the argument may itself hold colons (``hw:0,0``).
    settings
        Settings every output shares.

    Raises
    ------
    WrongUse
        When no output of that name is installed, or the argument does not fit it.
    """
    name, _, argument = spec.partition(":")
    if not name:
        raise WrongUse(f"--audio needs a name, one of {', '.join(names(Kind.AUDIO_OUT))}")
    make = find(Kind.AUDIO_OUT, name)
    out: AudioOut = make(argument, settings)
    return out
