"""The seam every sound output fits: sounds are placed by frame number, never by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rascue.core.events import AudioStatus
from rascue.core.types import DacFrame, EngineNs


@dataclass(frozen=True, slots=True)
class AudioCapabilities:
    """What an output states about itself.

    ``latency_s`` is the time from a frame leaving the mixer to sound, ``latency_sd_s`` its
    spread; ``measured`` says whether they come from a calibration or from the driver.
    ``audible`` is False where nobody can hear the result. ``level_offset_db`` is the measured level
    at the ear, dB(A), minus that in the stream, dBFS; None when nobody measured it.
    """

    name: str
    rate_hz: int
    channels: int
    latency_s: float
    latency_sd_s: float
    measured: bool
    audible: bool
    level_offset_db: float | None = None


@dataclass(frozen=True, slots=True)
class ScheduledSound:
    """One sound to start at one frame of the stream.

    Parameters
    ----------
    sound
        A cue sound, or music: ``STYLE`` or ``STYLE:KEY`` (``rascue.audio.music.styles``).
    level_dbfs
        Peak level of the sound in the output, dB re full scale, at most 0.
    interval_s
        Time to the next beat as far as it is known, s, greater than 0: over it the notes of music
        are spread. None leaves only those that fall on the beat.
    intensity
        0..1, how full the music is; other sounds take no notice.
    """

    beat_index: int
    frame: DacFrame
    sound: str
    accent: bool
    level_dbfs: float
    interval_s: float | None = None
    intensity: float = 0.5


class AudioOut(Protocol):
    """A stream of frames into which sounds are mixed; called by the engine's main thread only."""

    @property
    def capabilities(self) -> AudioCapabilities:
        """What is known about the output; constant while it is open."""
        ...

    def open(self, now_ns: EngineNs) -> None:
        """Start the stream; it then runs without pause until ``close``.

        Raises
        ------
        AudioUnavailable
            With the reason and what a person should do.
        """
        ...

    def schedule(self, sound: ScheduledSound) -> None:
        """Start a sound at its frame; one whose frame has passed is dropped and reported LATE."""
        ...

    def cancel_from(self, frame: DacFrame) -> None:
        """Drop every sound that was to start at ``frame`` or later; each is reported CANCELLED."""
        ...

    def fade_all(self, ramp_s: float) -> None:
        """Bring all sound to silence within ``ramp_s`` and drop what is scheduled (R1)."""
        ...

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Return state, clock map and what was played since the last call."""
        ...

    def close(self) -> None:
        """Stop the stream; harmless when called twice."""
        ...
