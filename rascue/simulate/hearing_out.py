"""A sound output that a simulated person hears: forwards everything, tells of each played beat.

The engine cannot tell it from the output inside; the walker hears what was really played, at the
time at which it really sounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rascue.audio.base import AudioCapabilities, AudioOut, ScheduledSound
from rascue.core.clock import NS_PER_S, after
from rascue.core.events import AudioStatus
from rascue.core.types import AudioState, BeatOutcome, DacFrame, EngineNs
from rascue.simulate.scenario import DeviceFault


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

    @property
    def capabilities(self) -> AudioCapabilities:
        """Those of the output inside."""
        return self._inner.capabilities

    def open(self, now_ns: EngineNs) -> None:
        """Open the output inside."""
        self._inner.open(now_ns)

    def schedule(self, sound: ScheduledSound) -> None:
        """Pass on."""
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
                if report.outcome is BeatOutcome.PLAYED:
                    self._hear(after(status.clock.to_engine(report.frame), late_s))
        return status

    def close(self) -> None:
        """Close the output inside."""
        self._inner.close()


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
        return AudioStatus(
            at_ns=now_ns,
            state=AudioState.LOST,
            clock=None,
            played=status.played,
            underflows=status.underflows,
            latency_s=status.latency_s,
            latency_sd_s=status.latency_sd_s,
            detail="simulated: the device was unplugged",
        )

    def close(self) -> None:
        """Close the output inside."""
        self._inner.close()
