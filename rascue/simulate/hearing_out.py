"""A sound output that a simulated person hears: forwards everything, tells of each audible beat.

The engine cannot tell it from the output inside; the walker hears what was really played, at the
time at which it really sounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rascue.audio.base import AudioCapabilities, AudioOut, ScheduledSound
from rascue.core.clock import NS_PER_S, after
from rascue.core.events import AudioStatus
from rascue.core.types import AudioState, BeatOutcome, DacFrame, EngineNs, PlayedFrame
from rascue.simulate.scenario import DeviceFault

AUDIBLE_DBFS = -50.0
"""Softer beats go unheard while walking. Default, not evidence: 32 dB below the usual cue."""

LEVELS_KEPT = 256
"""Levels remembered of beats scheduled; an output holds far fewer at a time."""


class HearingOut:
    """Wraps a sound output for a walker.

    Parameters
    ----------
    inner
        The output that the engine would have.
    hear
        Told of each onset; may be called before the sound, never more than a poll after it.
    latency_error_s
        By how much the sound really comes later than ``inner`` states, s.
    """

    def __init__(
        self, inner: AudioOut, hear: Callable[[EngineNs], None], latency_error_s: float = 0.0
    ) -> None:
        self._inner = inner
        self._hear = hear
        self._latency_error_s = latency_error_s
        self._levels_dbfs: dict[int, float] = {}

    @property
    def capabilities(self) -> AudioCapabilities:
        """Those of the output inside."""
        return self._inner.capabilities

    def open(self, now_ns: EngineNs) -> None:
        """Open the output inside."""
        self._inner.open(now_ns)

    def schedule(self, sound: ScheduledSound) -> None:
        """Pass on; remember how loud the beat will be."""
        self._levels_dbfs[sound.beat_index] = sound.level_dbfs
        if len(self._levels_dbfs) > LEVELS_KEPT:
            del self._levels_dbfs[next(iter(self._levels_dbfs))]
        self._inner.schedule(sound)

    def cancel_from(self, frame: DacFrame) -> None:
        """Pass on."""
        self._inner.cancel_from(frame)

    def fade_all(self, ramp_s: float) -> None:
        """Pass on."""
        self._inner.fade_all(ramp_s)

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Pass on; the person hears what was played."""
        status = self._inner.poll(now_ns)
        if status.clock is not None:
            late_s = status.latency_s + self._latency_error_s
            for report in status.played:
                if self._audible(report):
                    self._hear(after(status.clock.to_engine(report.frame), late_s))
        return status

    def close(self) -> None:
        """Close the output inside."""
        self._inner.close()

    def _audible(self, report: PlayedFrame) -> bool:
        level_dbfs = self._levels_dbfs.pop(report.beat_index, AUDIBLE_DBFS)
        return report.outcome is BeatOutcome.PLAYED and level_dbfs >= AUDIBLE_DBFS


class FailingOut:
    """An output whose device is gone at times; what was scheduled then is never played.

    Parameters
    ----------
    faults
        When it is gone, on the axis that begins at ``start_ns``.
    """

    def __init__(self, inner: AudioOut, faults: Sequence[DeviceFault], start_ns: EngineNs) -> None:
        self._inner = inner
        self._faults = faults
        self._start_ns = start_ns
        self._gone = False

    @property
    def capabilities(self) -> AudioCapabilities:
        """Those of the output inside."""
        return self._inner.capabilities

    def open(self, now_ns: EngineNs) -> None:
        """Open the output inside."""
        self._inner.open(now_ns)

    def schedule(self, sound: ScheduledSound) -> None:
        """Pass on, unless there is no device."""
        if not self._gone:
            self._inner.schedule(sound)

    def cancel_from(self, frame: DacFrame) -> None:
        """Pass on."""
        self._inner.cancel_from(frame)

    def fade_all(self, ramp_s: float) -> None:
        """Pass on."""
        self._inner.fade_all(ramp_s)

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Return the status of the output inside, or that it is lost."""
        at_s = (now_ns - self._start_ns) / NS_PER_S
        gone = any(fault.covers(at_s) for fault in self._faults)
        if gone and not self._gone:
            self._inner.close()
        if self._gone and not gone:
            self._inner.open(now_ns)
        self._gone = gone
        status = self._inner.poll(now_ns)
        if not gone:
            return status
        detail = "simulated: the device was unplugged"
        return replace(status, state=AudioState.LOST, clock=None, device="", detail=detail)

    def close(self) -> None:
        """Close the output inside."""
        self._inner.close()
