"""The sound server is killed and started again: the beat comes back in phase, each time told.

Once in the tests; ``python -m tests.audio.test_device_returns 50`` is the soak.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from rascue.testing.sound_server import FIRST_IN_LINE, SINK, SoundServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TIMES = 1
BACK_WITHIN_S = 2.0
IN_PHASE_MS = 10.0

Event = dict[str, float]


def lose_and_return(server: SoundServer, times: int) -> tuple[list[float], list[float], list[str]]:
    """Return for each return the time to the first beat, s, its phase, ms; and all events."""
    took_s, phases_ms, events = [], [], []
    back_ns = 0
    with (  # a pipe that nobody reads would fill with PortAudio's complaints and stop its thread
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            [
                *FIRST_IN_LINE,
                sys.executable,
                str(Path(__file__).with_name("keep_output.py")),
                SINK,
                str(times),
            ],
            env=dict(server.environment, PYTHONPATH=str(ROOT)),
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as child,
    ):
        for line in child.stdout or ():
            told = json.loads(line)
            events.append(told["event"])
            if told["event"] == "beat":
                if back_ns:
                    took_s.append((told["at_ns"] - back_ns) / 1e9)
                    phases_ms.append(told["phase_ms"])
                if len(took_s) < times:
                    server.kill()
            elif told["event"] == "lost" and len(took_s) < times:
                server.start()
                back_ns = time.monotonic_ns()
        child.wait(60)
        complaints.seek(0)
        assert child.returncode == 0, complaints.read()
    return took_s, phases_ms, events


def test_the_beat_is_back_in_phase_within_two_seconds(sound_server: SoundServer) -> None:
    took_s, phases_ms, events = lose_and_return(sound_server, TIMES)
    assert len(took_s) == TIMES
    assert sorted(took_s)[TIMES // 2] <= BACK_WITHIN_S, took_s
    assert max(map(abs, phases_ms)) <= IN_PHASE_MS, phases_ms
    assert events.count("lost") >= TIMES
    assert events.count("running") >= TIMES + 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="rascue-sound") as folder:
        server = SoundServer(Path(folder))
        server.start()
        took_s, phases_ms, events = lose_and_return(server, int(sys.argv[1]))
        server.stop()
    print(f"{len(took_s)} returns, first beat after {max(took_s):.2f} s at most")
    print(
        f"median {sorted(took_s)[len(took_s) // 2]:.2f} s, phase {max(map(abs, phases_ms)):.2f} ms"
    )
    print({event: events.count(event) for event in sorted(set(events))})
