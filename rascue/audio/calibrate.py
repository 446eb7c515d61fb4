"""One calibration: clicks or noise are played on an open output while somebody listens.

Runs in the thread that owns the output. The listener is a microphone or the worn sensor, for the
level a person with a meter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rascue.audio.base import AudioOut, ScheduledSound
from rascue.audio.calibration_noise import LOOP_S, NOISE
from rascue.audio.latency import CLICK, LONGEST_LATENCY_S, Latency, click_frames, latency_from
from rascue.core.clock import Clock, after
from rascue.core.clockmap import ClockMap
from rascue.core.errors import AudioUnavailable, UnavailableReason
from rascue.core.types import AudioState, BeatOutcome, DacFrame, EngineNs

LEVEL_DBFS = -12.0
"""Loud enough for a microphone in the room; default, not evidence."""

NOTICE_S = 1.0
"""From giving the clicks to the first one, s."""

START_TIMEOUT_S = 5.0
POLL_S = 0.05
NOISE_S = 15
"""Long enough to read a meter that is set to slow, s. Default."""

SEED = 5


class Listener(Protocol):
    """Hears clicks while time passes.

    ``resolution_s`` is its sampling period where that is coarse, else 0.
    """

    @property
    def resolution_s(self) -> float:
        """Sampling period where it is coarse, s; 0 otherwise."""
        ...

    def listen(self, seconds: float) -> None:
        """Let time pass and hear."""
        ...

    def heard_ns(self) -> list[int]:
        """Return the instants at which a click was heard."""
        ...


def calibrate(out: AudioOut, listener: Listener, clock: Clock) -> Latency:
    """Return the latency of an open output.

    Raises
    ------
    AudioUnavailable
        When the output does not run, or ends meanwhile.
    RascueError
        When too few clicks were heard, or their latencies scatter too much.
    """
    line, underflows = _running(out, listener.listen, clock)
    first = DacFrame(line.to_count(after(clock.now_ns(), NOTICE_S)))
    frames = click_frames(first, out.capabilities.rate_hz, SEED)
    for number, frame in enumerate(frames):
        out.schedule(ScheduledSound(number, frame, CLICK, accent=False, level_dbfs=LEVEL_DBFS))
    played_ns: list[EngineNs] = []
    while len(played_ns) < len(frames):
        listener.listen(POLL_S)
        status = out.poll(clock.now_ns())
        if status.state is AudioState.LOST or status.underflows > underflows:
            raise _interrupted(out)
        line = status.clock or line
        for report in status.played:
            if report.outcome is not BeatOutcome.PLAYED:
                raise _interrupted(out)
            played_ns.append(line.to_engine(report.frame))
    listener.listen(2 * LONGEST_LATENCY_S)
    return latency_from(played_ns, listener.heard_ns(), listener.resolution_s)


def play_noise(out: AudioOut, clock: Clock, wait: Callable[[float], None]) -> None:
    """Play the calibration noise on an open output, so that somebody can read a meter.

    Raises
    ------
    AudioUnavailable
        When the output does not run, or ends meanwhile.
    """
    line, underflows = _running(out, wait, clock)
    rate_hz = out.capabilities.rate_hz
    first = line.to_count(after(clock.now_ns(), NOTICE_S))
    for number in range(NOISE_S):
        frame = DacFrame(first + number * LOOP_S * rate_hz)
        out.schedule(ScheduledSound(number, frame, NOISE, accent=False, level_dbfs=0.0))
    end_ns = after(clock.now_ns(), NOTICE_S + NOISE_S * LOOP_S)
    while clock.now_ns() < end_ns:
        wait(POLL_S)
        status = out.poll(clock.now_ns())
        if status.state is AudioState.LOST or status.underflows > underflows:
            raise _interrupted(out)


def _running(out: AudioOut, wait: Callable[[float], None], clock: Clock) -> tuple[ClockMap, int]:
    """Return the output's line once it is known, and how often it had run dry until then."""
    end_ns = after(clock.now_ns(), START_TIMEOUT_S)
    while clock.now_ns() < end_ns:
        wait(POLL_S)
        status = out.poll(clock.now_ns())
        if status.clock is not None:
            return status.clock, status.underflows
    raise _interrupted(out)


def _interrupted(out: AudioOut) -> AudioUnavailable:
    detail = "the sound was interrupted while it was measured; try again on a quieter computer"
    return AudioUnavailable(out.capabilities.name, UnavailableReason.BUSY, detail)
