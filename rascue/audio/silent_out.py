"""The output ``none``: beats are planned, mixed and reported, and heard by nobody."""

from __future__ import annotations

from rascue.audio.settings import AudioOutSettings
from rascue.audio.stepped_out import SteppedOut
from rascue.core.errors import WrongUse


class SilentOut(SteppedOut):
    """Throws the samples away; the spec argument must be empty."""

    def __init__(self, spec_argument: str, settings: AudioOutSettings) -> None:
        if spec_argument:
            raise WrongUse(f"--audio none takes no argument, got {spec_argument!r}")
        super().__init__("none", settings)
