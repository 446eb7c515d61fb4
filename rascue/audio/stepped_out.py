"""An output without a device: its frames follow the engine time given to ``poll``.

Sounds go through the same C mixer as on a device. Runs in the engine's main thread.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rascue.audio.base import AudioCapabilities, ScheduledSound
from rascue.audio.cue_player import CuePlayer
from rascue.audio.settings import AudioOutSettings
from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus
from rascue.core.types import AudioState, DacFrame, EngineNs

RENDER_FRAMES = 4096
"""Largest part rendered at once: bounds memory after a long pause between polls."""


class SteppedOut:
    """Base of outputs that render what is due whenever they are polled.

    Parameters
    ----------
    name
        How the output is called in the log.
    settings
        Rate, level limit and the latency to pretend; None is 0 s.
    ppm
        Error of the pretended device's clock, parts per million; positive is fast.
    """

    def __init__(self, name: str, settings: AudioOutSettings, ppm: float = 0.0) -> None:
        self._settings = settings
        self._rate_hz = settings.rate_hz * (1.0 + ppm * 1e-6)
        self._capabilities = AudioCapabilities(
            name=name,
            rate_hz=settings.rate_hz,
            channels=1,
            latency_s=settings.latency_s or 0.0,
            latency_sd_s=settings.latency_sd_s or 0.0,
            measured=settings.latency_s is not None,
            audible=False,
        )
        self._player = self._new_player()
        self._clock: ClockMap | None = None
        self._state = AudioState.CLOSED
        self._detail = ""

    @property
    def capabilities(self) -> AudioCapabilities:
        """One channel, not audible, with the latency of the settings."""
        return self._capabilities

    def open(self, now_ns: EngineNs) -> None:
        """Let frame 0 begin now."""
        self._player = self._new_player()
        self._clock = ClockMap(0, now_ns, self._rate_hz, residual_sd_s=0.0, n_pairs=1)
        self._state = AudioState.RUNNING
        self._detail = ""

    def schedule(self, sound: ScheduledSound) -> None:
        """Start a sound at its frame; one whose frame has passed is dropped and reported LATE."""
        self._player.schedule(sound)

    def cancel_from(self, frame: DacFrame) -> None:
        """Drop every sound that was to start at ``frame`` or later; each is reported CANCELLED."""
        self._player.cancel_from(frame)

    def fade_all(self, ramp_s: float) -> None:
        """Bring all sound to silence within ``ramp_s`` and drop what is scheduled (R1)."""
        self._player.fade_all(ramp_s)

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Render up to now and return what was played on the way."""
        if self._state is AudioState.RUNNING and self._clock is not None:
            self._render_to(self._clock.to_count(now_ns))
        described = self.capabilities
        return AudioStatus(
            at_ns=now_ns,
            state=self._state,
            clock=self._clock if self._state is AudioState.RUNNING else None,
            played=self._player.outcomes(),
            underflows=0,
            latency_s=described.latency_s,
            latency_sd_s=described.latency_sd_s,
            detail=self._detail,
            device=described.name,
            latency_measured=described.measured,
            sound_trouble=self._player.trouble,
        )

    def close(self) -> None:
        """Stop; sounds still awaited are reported CANCELLED by the next poll."""
        self._player.abandon()
        if self._state is AudioState.RUNNING:
            self._state = AudioState.CLOSED

    def _new_player(self) -> CuePlayer:
        settings = self._settings
        return CuePlayer(settings.rate_hz, 1, settings.level_max_dbfs, settings.songs)

    def _render_to(self, frame: int) -> None:
        while self._state is AudioState.RUNNING and self._player.mixer.frame < frame:
            due = frame - self._player.mixer.frame
            self._take(self._player.mixer.render(min(due, RENDER_FRAMES)))

    def _take(self, block: NDArray[np.float32]) -> None:
        """Do something with rendered frames, (n, 1); here nothing."""

    def _lose(self, detail: str) -> None:
        self._player.abandon()
        self._state = AudioState.LOST
        self._detail = detail
