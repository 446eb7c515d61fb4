"""Child process: opens an output, prints why it is not available, or what it is.

Usage: open_output.py SPEC RATE_HZ
"""

from __future__ import annotations

import sys
import time

from rascue.audio.choose import audio_out_for
from rascue.audio.settings import AudioOutSettings
from rascue.core.errors import AudioUnavailable
from rascue.core.types import EngineNs


def main(spec: str, rate_hz: int) -> None:
    out = audio_out_for(spec, AudioOutSettings(rate_hz=rate_hz))
    try:
        out.open(EngineNs(time.monotonic_ns()))
    except AudioUnavailable as error:
        print(error.reason.name, error)
        return
    print("OPEN", out.capabilities)
    out.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
