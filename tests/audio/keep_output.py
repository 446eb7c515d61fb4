"""Child process: keeps an output as the engine does, with a beat each quarter second.

Usage: keep_output.py DEVICE RETURNS. Prints a line of JSON for each change of state, and for the
first beat that sounds after each; ends after the device has come back that often.
"""

from __future__ import annotations

import json
import sys
import time

from rascue.audio.choose import audio_out_for
from rascue.audio.settings import AudioOutSettings
from rascue.core.clock import after
from rascue.core.events import AudioStatus, ScheduleBeat
from rascue.core.types import AudioState, Beat, BeatOutcome, DacFrame, EngineNs
from rascue.session.sound import SoundKeeper

HORIZON_S = 0.5
PERIOD_NS = 250_000_000


def tell(event: str, at_ns: int, phase_ms: float | None = None) -> None:
    print(json.dumps({"event": event, "at_ns": at_ns, "phase_ms": phase_ms}), flush=True)


def beats_to(now: EngineNs, planned_to: EngineNs, status: AudioStatus) -> list[Beat]:
    assert status.clock is not None
    due = max(planned_to, EngineNs(now + PERIOD_NS // 2)) // PERIOD_NS * PERIOD_NS + PERIOD_NS
    beats = []
    while due < after(now, HORIZON_S):
        frame = DacFrame(status.clock.to_count(after(EngineNs(due), -status.latency_s)))
        beats.append(Beat(0, EngineNs(due), frame, 0.25, "click", False, -6.0, 0))
        due += PERIOD_NS
    return beats


def main(device: str, returns: int) -> None:
    keeper = SoundKeeper(audio_out_for(f"portaudio:{device}", AudioOutSettings(block_frames=1024)))
    state, planned_to, waiting = None, EngineNs(0), False
    while returns >= 0:
        now = EngineNs(time.monotonic_ns())
        status = keeper.poll(now)
        if status.state is not state:
            state = status.state
            tell(state.value, now)
            waiting = waiting or state is AudioState.RUNNING
        if status.clock is not None:
            for played in status.played:
                if waiting and played.outcome is BeatOutcome.PLAYED:
                    sound_ns = after(status.clock.to_engine(played.frame), status.latency_s)
                    off_ns = (sound_ns + PERIOD_NS // 2) % PERIOD_NS - PERIOD_NS // 2
                    tell("beat", sound_ns, off_ns / 1e6)
                    waiting = False
                    returns -= 1
            beats = beats_to(now, planned_to, status)
            if beats:
                planned_to = beats[-1].due_ns
                keeper.apply([ScheduleBeat(beat) for beat in beats])
        time.sleep(0.02)
    keeper.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
