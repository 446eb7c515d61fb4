"""Scheduled sounds -> mixer commands, and reports of the mixer -> outcomes of beats.

The part that every output with a mixer shares; runs in the engine's main thread.
"""

from __future__ import annotations

from rascue.audio.base import ScheduledSound
from rascue.audio.native_mixer import NativeMixer
from rascue.audio.settings import Sides
from rascue.audio.sounds import render
from rascue.core.types import BeatOutcome, DacFrame, PlayedFrame


def amplitude(level_dbfs: float) -> float:
    """Return the peak amplitude of a level, dB re full scale; 1.0 at 0 dB and above."""
    return float(10.0 ** (min(level_dbfs, 0.0) / 20.0))


class CuePlayer:
    """Knows the sound behind each beat and which beats still await their outcome.

    Parameters
    ----------
    rate_hz, channels
        Format of the stream.
    level_max_dbfs
        No sample leaves the mixer above this level (R2).
    sides
        How beats with even and odd numbers differ.
    """

    def __init__(
        self, rate_hz: int, channels: int, level_max_dbfs: float, sides: Sides = Sides.ALIKE
    ) -> None:
        self.mixer = NativeMixer(channels, amplitude(level_max_dbfs))
        self._rate_hz = rate_hz
        self._two_ears = sides is Sides.EAR and channels > 1
        self._two_timbres = sides is Sides.TIMBRE
        self._serial = 0
        self._awaited: dict[int, ScheduledSound] = {}
        self._refused: list[PlayedFrame] = []

    def schedule(self, sound: ScheduledSound) -> None:
        """Start a sound at its frame.

        Raises
        ------
        WrongUse
            When there is no such sound.
        """
        odd = sound.beat_index % 2 == 1
        lower = self._two_timbres and odd
        samples = render(sound.sound, accent=sound.accent, rate_hz=self._rate_hz, lower=lower)
        gain = amplitude(sound.level_dbfs)
        left = 0.0 if self._two_ears and odd else gain
        right = 0.0 if self._two_ears and not odd else gain
        self._serial += 1
        if self.mixer.play(self._serial, sound.frame, samples, left, right):
            self._awaited[self._serial] = sound
        else:
            self._refused.append(_cancelled(sound))

    def cancel_from(self, frame: DacFrame) -> None:
        """Take back every sound that was to start at ``frame`` or later."""
        if not self.mixer.cancel_from(frame):
            # Nobody takes the samples any more; rather silence than beats that were taken back.
            self.mixer.fade_all(0)

    def fade_all(self, ramp_s: float) -> None:
        """Bring all sound to silence within ``ramp_s`` and take back the rest (R1)."""
        self.mixer.fade_all(round(ramp_s * self._rate_hz))

    def outcomes(self) -> tuple[PlayedFrame, ...]:
        """Return what became of beats since the last call, in order of frames."""
        news, self._refused = self._refused, []
        for serial, frame, outcome in self.mixer.reports():
            news.append(PlayedFrame(self._awaited.pop(serial).beat_index, frame, outcome))
        return tuple(sorted(news, key=lambda played: (played.frame, played.beat_index)))

    def abandon(self) -> None:
        """Give up every sound still awaited: the stream is gone; each is reported CANCELLED."""
        news = self.outcomes()
        self._refused = [*news, *map(_cancelled, self._awaited.values())]
        self._awaited.clear()


def _cancelled(sound: ScheduledSound) -> PlayedFrame:
    return PlayedFrame(sound.beat_index, sound.frame, BeatOutcome.CANCELLED)
