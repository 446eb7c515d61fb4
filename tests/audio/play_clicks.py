"""Child process: plays clicks through PortAudio and prints what the output reported.

Usage: play_clicks.py DEVICE COUNT SPACING_FRAMES
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict

from rascue.audio.base import ScheduledSound
from rascue.audio.choose import audio_out_for
from rascue.audio.settings import AudioOutSettings
from rascue.core.clock import after
from rascue.core.types import AudioState, DacFrame, EngineNs, PlayedFrame

NOTICE_S = 1.0
"""All clicks are given at once and in time, however busy the machine."""

LEVEL_DBFS = -6.0


def main(device: str, count: int, spacing: int) -> None:
    out = audio_out_for(f"portaudio:{device}", AudioOutSettings(block_frames=512))
    out.open(EngineNs(time.monotonic_ns()))
    given = False
    played: list[PlayedFrame] = []
    while len(played) < count:
        now = EngineNs(time.monotonic_ns())
        status = out.poll(now)
        played.extend(status.played)
        if status.state is AudioState.LOST:
            break
        if status.clock is not None and not given:
            given = True
            first = status.clock.to_count(after(now, NOTICE_S))
            for index in range(count):
                frame = DacFrame(first + index * spacing)
                out.schedule(ScheduledSound(index, frame, "click", False, LEVEL_DBFS))
        time.sleep(0.05)
    time.sleep(0.3)  # the device's buffer still holds the last click
    out.close()
    print(json.dumps({"played": played, "last": status}, default=asdict))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
