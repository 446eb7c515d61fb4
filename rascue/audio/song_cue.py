"""One beat of a song -> sounds for the mixer, or the reason why there is none."""

from __future__ import annotations

from rascue.audio.base import ScheduledSound
from rascue.audio.native_mixer import LEAD_FRAMES, NativeMixer
from rascue.audio.song_player import OutOfReach, SongPlayer
from rascue.audio.song_reader import NotReady, SongShelf
from rascue.core.errors import StoreError
from rascue.core.types import DacFrame
from rascue.songs.name import SongName
from rascue.songs.shelf import RATE_HZ

FALLBACK = "click"
"""A beat sounds like this when its song cannot be played: never silence without a word."""

LEAD = LEAD_FRAMES + 1024
"""The mixer may take a block while a piece is cut, frames."""


class SongCue:
    """The song that is played through one mixer.

    Parameters
    ----------
    songs
        Where songs are found; None: there are none.
    """

    def __init__(self, mixer: NativeMixer, songs: SongShelf | None, rate_hz: int) -> None:
        self._mixer = mixer
        self._songs = songs
        self._rate_hz = rate_hz
        self._name: SongName | None = None
        self._player: SongPlayer | None = None
        self._tail_gain = 0.0
        self.trouble = ""

    def play(self, beat: ScheduledSound, name: SongName, serial: int, gain: float) -> bool:
        """Give the mixer the music up to this beat, as ``serial``, and on, as the next number.

        False when the song cannot be played; ``trouble`` then says why.
        """
        try:
            player = self._player_of(name)
            tail, head = player.pieces(
                beat.beat_index, beat.frame, beat.interval_s or 0.5, self._mixer.frame
            )
        except NotReady:
            return self._give_up("it is still being read")
        except OutOfReach:
            return self._give_up("the beat is too slow or too fast for this song")
        except StoreError as error:
            return self._give_up(str(error))
        self.trouble = ""
        if tail is not None:
            # Before the beat the level may only fall: the guard allowed the rise at the beat (R2).
            self._mixer.play_once(serial, tail.start, tail.samples, min(gain, self._tail_gain))
        self._tail_gain = gain
        return self._mixer.play_once(serial + 1, head.start, head.samples, gain)

    def cancel_from(self, frame: DacFrame) -> None:
        """Forget what starts at ``frame`` or later: it is taken back."""
        if self._player is not None:
            self._player.cancel_from(frame)

    def fall_silent(self) -> None:
        """Forget what sounds: it is faded."""
        if self._player is not None:
            self._player.fall_silent()

    def forget(self) -> None:
        """Let the song go: another sound is asked for."""
        self._player = self._name = None
        self.trouble = ""

    def _player_of(self, name: SongName) -> SongPlayer:
        if self._player is None or self._name != name:
            if self._songs is None:
                raise StoreError("there are no songs here")
            if self._rate_hz != RATE_HZ:
                raise StoreError(f"songs need an output at {RATE_HZ} Hz, this is {self._rate_hz}")
            self._player = SongPlayer(self._songs.open(name), LEAD)
            self._name = name
        return self._player

    def _give_up(self, why: str) -> bool:
        self.fall_silent()
        self.trouble = why
        return False
