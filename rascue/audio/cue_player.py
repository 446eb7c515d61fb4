"""Scheduled sounds -> mixer commands, and reports of the mixer -> outcomes of beats.

The part that every output with a mixer shares; runs in the engine's main thread.
"""

from __future__ import annotations

from rascue.audio.base import ScheduledSound
from rascue.audio.music.accompaniment import MusicNote, notes_of_beat
from rascue.audio.music.instruments import begins_early_s, instrument_sample
from rascue.audio.music.styles import music_named
from rascue.audio.naming import Sides, sides_of, without_sides
from rascue.audio.native_mixer import NativeMixer
from rascue.audio.song_cue import FALLBACK, SongCue
from rascue.audio.song_reader import SongShelf
from rascue.audio.sounds import render
from rascue.core.types import BeatOutcome, DacFrame, PlayedFrame
from rascue.songs.name import SongName, song_named

MUSIC_SEED = 1
"""Chooses the fills; the same walk has the same music again."""

NOTES_UP_TO = 192
"""Notes are given only while fewer sounds wait in the mixer: the rest is for beats. Default."""


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
    songs
        The patients' own songs; None where there are none.
    """

    def __init__(
        self, rate_hz: int, channels: int, level_max_dbfs: float, songs: SongShelf | None = None
    ) -> None:
        self.mixer = NativeMixer(channels, amplitude(level_max_dbfs))
        self._rate_hz = rate_hz
        self._channels = channels
        self._song = SongCue(self.mixer, songs, rate_hz)
        self._serial = 0
        self._awaited: dict[int, ScheduledSound] = {}
        self._refused: list[PlayedFrame] = []

    def schedule(self, sound: ScheduledSound) -> None:
        """Start a sound at its frame.

        A beat of music is its anchor, which alone has an outcome, and the notes up to the next.

        Raises
        ------
        WrongUse
            When there is no such sound.
        """
        song = song_named(sound.sound)
        if song is not None:
            self._play_song(sound, song)
            return
        self._song.forget()
        name = without_sides(sound.sound)
        music = music_named(name)
        self._play_beat(sound, music.style.anchor if music else name, sides_of(sound.sound))
        if music:
            for note in notes_of_beat(sound.beat_index, music, sound.intensity, MUSIC_SEED):
                self._play_note(sound, note)

    def _play_beat(self, sound: ScheduledSound, name: str, sides: Sides) -> None:
        odd = sound.beat_index % 2 == 1
        lower = sides is Sides.TIMBRE and odd
        two_ears = sides is Sides.EAR and self._channels > 1
        samples = render(name, accent=sound.accent, rate_hz=self._rate_hz, lower=lower)
        gain = amplitude(sound.level_dbfs)
        left = 0.0 if two_ears and odd else gain
        right = 0.0 if two_ears and not odd else gain
        self._serial += 1
        if self.mixer.play(self._serial, sound.frame, samples, left, right):
            self._awaited[self._serial] = sound
        else:
            self._refused.append(_cancelled(sound))

    def _play_song(self, beat: ScheduledSound, song: SongName) -> None:
        """Play the song up to this beat and on; where that is impossible the beat is a click."""
        self._serial += 2
        played = self._song.play(beat, song, self._serial - 1, amplitude(beat.level_dbfs))
        if not played or song.click:
            self._play_beat(beat, song.click or FALLBACK, Sides.ALIKE)
        else:
            self._awaited[self._serial] = beat

    @property
    def trouble(self) -> str:
        """Why a song is not heard; "" when it is, or when none was asked for."""
        return self._song.trouble

    def _play_note(self, beat: ScheduledSound, note: MusicNote) -> None:
        """Add one note of the accompaniment; when the mixer is full it is left out."""
        if note.offset > 0.0 and beat.interval_s is None:
            return
        later_s = note.offset * (beat.interval_s or 0.0)
        later_s -= begins_early_s(note.instrument, note.pitch)
        samples = instrument_sample(note.instrument, note.pitch, self._rate_hz)
        gain = amplitude(beat.level_dbfs + note.level_db)
        left = right = gain
        if self._channels > 1:
            left, right = gain * min(1.0, 1.0 - note.balance), gain * min(1.0, 1.0 + note.balance)
        if self.mixer.awaited < NOTES_UP_TO:
            self._serial += 1
            frame = beat.frame + round(later_s * self._rate_hz)
            self.mixer.play(self._serial, frame, samples, left, right)

    def cancel_from(self, frame: DacFrame) -> None:
        """Take back every sound that was to start at ``frame`` or later."""
        self._song.cancel_from(frame)
        if not self.mixer.cancel_from(frame):
            # Nobody takes the samples any more; rather silence than beats that were taken back.
            self.mixer.fade_all(0)

    def fade_all(self, ramp_s: float) -> None:
        """Bring all sound to silence within ``ramp_s`` and take back the rest (R1)."""
        self._song.fall_silent()
        self.mixer.fade_all(round(ramp_s * self._rate_hz))

    def outcomes(self) -> tuple[PlayedFrame, ...]:
        """Return what became of beats since the last call, in order of frames."""
        news, self._refused = self._refused, []
        for serial, frame, outcome in self.mixer.reports():
            beat = self._awaited.pop(serial, None)
            if beat is not None:  # else a note of the accompaniment
                news.append(PlayedFrame(beat.beat_index, frame, outcome))
        return tuple(sorted(news, key=lambda played: (played.frame, played.beat_index)))

    def abandon(self) -> None:
        """Give up every sound still awaited: the stream is gone; each is reported CANCELLED."""
        news = self.outcomes()
        self._refused = [*news, *map(_cancelled, self._awaited.values())]
        self._awaited.clear()


def _cancelled(sound: ScheduledSound) -> PlayedFrame:
    return PlayedFrame(sound.beat_index, sound.frame, BeatOutcome.CANCELLED)
