"""Child process: a click at every quarter of a second of engine time, planned as the engine does.

Usage: keep_time.py DEVICE SECONDS. Prints a line whenever the clock is known, at first and after an
underflow, and at last the number of underflows.
"""

from __future__ import annotations

import sys
import time

from rascue.audio.base import ScheduledSound
from rascue.audio.choose import audio_out_for
from rascue.audio.settings import AudioOutSettings
from rascue.core.clock import after
from rascue.core.types import DacFrame, EngineNs

HORIZON_S = 0.5
PERIOD_NS = 250_000_000


def main(device: str, seconds: float) -> None:
    out = audio_out_for(f"portaudio:{device}", AudioOutSettings(block_frames=512))
    now = EngineNs(time.monotonic_ns())
    end = after(now, seconds)
    out.open(now)
    planned_to = now
    underflows = -1
    while now < end:
        now = EngineNs(time.monotonic_ns())
        status = out.poll(now)
        if status.clock is not None:
            if status.underflows != underflows:  # what is planned lies on another line
                out.cancel_from(DacFrame(0))
                planned_to = EngineNs(now // PERIOD_NS * PERIOD_NS + PERIOD_NS)
                underflows = status.underflows
                print("running", flush=True)
            while planned_to < after(now, HORIZON_S):
                planned_to = EngineNs(planned_to + PERIOD_NS)
                frame = DacFrame(status.clock.to_count(planned_to))
                out.schedule(ScheduledSound(0, frame, "click", False, -6.0))
        time.sleep(0.02)
    out.close()
    print(status.underflows)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
