"""Child process: keeps an output open as the engine does and prints each change of its state.

Usage: report_states.py DEVICE. Ends after the device was lost and has come back.
"""

from __future__ import annotations

import sys
import time

from rascue.audio.base import ScheduledSound
from rascue.audio.choose import audio_out_for
from rascue.audio.settings import AudioOutSettings
from rascue.core.errors import AudioUnavailable
from rascue.core.types import AudioState, DacFrame, EngineNs

FAR_FRAME = DacFrame(10_000_000)


def main(device: str) -> None:
    out = audio_out_for(f"portaudio:{device}", AudioOutSettings(block_frames=512))
    told: list[str] = []
    while "lost" not in told or told[-1] != "running":
        now = EngineNs(time.monotonic_ns())
        status = out.poll(now)
        for played in status.played:
            print(f"beat {played.beat_index} {played.outcome}", flush=True)
        if [status.state.value] != told[-1:]:
            told.append(status.state.value)
            print(told[-1], flush=True)
            if told[-1] == "running":
                out.schedule(ScheduledSound(len(told), FAR_FRAME, "click", False, -18.0))
        if status.state is AudioState.LOST:
            out.close()
        elif status.state is AudioState.CLOSED:
            try:
                out.open(now)
            except AudioUnavailable:
                time.sleep(0.2)
        time.sleep(0.02)
    out.close()


if __name__ == "__main__":
    main(sys.argv[1])
