"""Child process: plays clicks through PortAudio and prints what the output reported.

Usage: play_clicks.py DEVICE COUNT SPACING_FRAMES
"""

from __future__ import annotations

import json
import sys
import time

from rascue.audio.base import ScheduledSound
from rascue.audio.choose import audio_out_for
from rascue.audio.settings import AudioOutSettings
from rascue.core.clock import after
from rascue.core.types import AudioState, DacFrame, EngineNs

HORIZON_S = 0.4


def main(device: str, count: int, spacing: int) -> None:
    out = audio_out_for(f"portaudio:{device}", AudioOutSettings(block_frames=512))
    out.open(EngineNs(time.monotonic_ns()))
    first: int | None = None
    given = 0
    played = []
    while len(played) < count:
        now = EngineNs(time.monotonic_ns())
        status = out.poll(now)
        played.extend(status.played)
        if status.state is AudioState.LOST:
            break
        if status.clock is not None:
            horizon = status.clock.to_count(after(now, HORIZON_S))
            first = first or horizon
            while given < count and first + given * spacing <= horizon:
                frame = DacFrame(first + given * spacing)
                out.schedule(ScheduledSound(given, frame, "click", False, -6.0))
                given += 1
        time.sleep(0.05)
    time.sleep(0.3)  # the device's buffer still holds the last click
    out.close()
    report = {
        "played": [(p.beat_index, p.frame, p.outcome) for p in played],
        "underflows": status.underflows,
        "latency_s": status.latency_s,
        "residual_sd_s": status.clock.residual_sd_s if status.clock else None,
        "rate_hz": status.clock.rate_hz if status.clock else None,
        "name": out.capabilities.name,
        "detail": status.detail,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
