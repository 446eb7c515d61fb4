"""The text after ``--audio`` -> a sound output, not yet open."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from rascue.audio.base import AudioOut
from rascue.audio.settings import AudioOutSettings
from rascue.core.errors import WrongUse

OUTPUTS = {
    "portaudio": ("rascue.audio.portaudio_out", "PortAudioOut"),
    "offline": ("rascue.audio.offline_out", "OfflineOut"),
    "none": ("rascue.audio.silent_out", "SilentOut"),
}
"""Name -> module and class; a module is imported only when its output is chosen."""

FORMS = "portaudio[:DEVICE], offline:FILE.wav or none"


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
        When the name is unknown or the argument does not fit it.
    """
    name, _, argument = spec.partition(":")
    if name not in OUTPUTS:
        raise WrongUse(f"--audio {spec!r} is not an output; use {FORMS}")
    module, attribute = OUTPUTS[name]
    make: Callable[[str, AudioOutSettings], AudioOut] = getattr(import_module(module), attribute)
    return make(argument, settings)
