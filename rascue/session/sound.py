"""Keeps a sound output alive: carries out sound effects, opens a lost device again."""

from __future__ import annotations

from collections.abc import Sequence

from rascue.audio.base import AudioOut, ScheduledSound
from rascue.core.clock import seconds_between
from rascue.core.errors import AudioUnavailable
from rascue.core.events import AudioStatus, CancelFrom, Effect, FadeAll, ScheduleBeat
from rascue.core.types import AudioState, EngineNs

REOPEN_EVERY_S = 1.0
"""Default, not evidence: quick enough for a plug pushed back in, slow enough to be harmless."""


def apply_sound(effects: Sequence[Effect], out: AudioOut) -> None:
    """Carry out the sound effects among ``effects``, in order."""
    for effect in effects:
        match effect:
            case ScheduleBeat(beat):
                out.schedule(
                    ScheduledSound(beat.index, beat.frame, beat.sound, beat.accent, beat.level_dbfs)
                )
            case CancelFrom(frame):
                out.cancel_from(frame)
            case FadeAll(ramp_s):
                out.fade_all(ramp_s)


class SoundKeeper:
    """An output that may come and go; used by the main thread alone."""

    def __init__(self, out: AudioOut) -> None:
        self._out = out
        self._is_open = False
        self._tried_ns: EngineNs | None = None
        self._complaint = ""

    def apply(self, effects: Sequence[Effect]) -> None:
        """Carry out sound effects; without a device they are dropped."""
        if self._is_open:
            apply_sound(effects, self._out)

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Return the state of the output, after trying to open it where that is due."""
        if not self._is_open and self._retry_is_due(now_ns):
            self._try_to_open(now_ns)
        if not self._is_open:
            return self._lost(now_ns)
        status = self._out.poll(now_ns)
        if status.state is AudioState.LOST:
            self._complaint = status.detail
            self.close()
        return status

    def close(self) -> None:
        """Release the device."""
        if self._is_open:
            self._out.close()
            self._is_open = False

    def _retry_is_due(self, now_ns: EngineNs) -> bool:
        return self._tried_ns is None or seconds_between(self._tried_ns, now_ns) >= REOPEN_EVERY_S

    def _try_to_open(self, now_ns: EngineNs) -> None:
        self._tried_ns = now_ns
        try:
            self._out.open(now_ns)
            self._is_open = True
        except AudioUnavailable as error:
            self._complaint = str(error)

    def _lost(self, now_ns: EngineNs) -> AudioStatus:
        return AudioStatus(now_ns, AudioState.LOST, None, (), 0, 0.0, 0.0, self._complaint)
