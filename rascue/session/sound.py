"""Keeps a sound output alive: carries out sound effects, opens a lost device again."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rascue.audio.base import AudioOut, ScheduledSound
from rascue.audio.catalog import make_ready
from rascue.audio.cue_player import MUSIC_SEED
from rascue.audio.song_reader import SongShelf
from rascue.core.clock import seconds_between
from rascue.core.errors import AudioUnavailable
from rascue.core.events import AudioStatus, CancelFrom, Effect, FadeAll, MakeReady, ScheduleBeat
from rascue.core.types import AudioState, Beat, EngineNs
from rascue.songs.name import song_named

REOPEN_EVERY_S = 0.5
"""A cue is to be back within 2 s of its device (issue 5); the figure is a default, not evidence."""


def apply_sound(effects: Sequence[Effect], out: AudioOut) -> None:
    """Carry out the sound effects among ``effects``, in order."""
    for effect in effects:
        match effect:
            case ScheduleBeat(beat):
                out.schedule(_sound_of(beat))
            case CancelFrom(frame):
                out.cancel_from(frame)
            case FadeAll(ramp_s):
                out.fade_all(ramp_s)


def _sound_of(beat: Beat) -> ScheduledSound:
    return ScheduledSound(
        beat.index,
        beat.frame,
        beat.sound,
        beat.accent,
        beat.level_dbfs,
        beat.interval_s,
        beat.intensity,
    )


class SoundKeeper:
    """An output that may come and go; used by the main thread alone."""

    def __init__(self, out: AudioOut, songs: SongShelf | None = None) -> None:
        self._out = out
        self._songs = songs
        self._is_open = False
        self._tried_ns: EngineNs | None = None
        self._complaint = ""

    def apply(self, effects: Sequence[Effect]) -> None:
        """Carry out sound effects; without a device they are dropped."""
        for effect in effects:
            if isinstance(effect, MakeReady):
                self._make_ready(effect.sounds)
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

    def _make_ready(self, names: Sequence[str]) -> None:
        """Make the samples of sounds, in a thread of its own: music takes a while.

        A beat that comes before they are made waits for its own few samples only.
        """
        rate_hz = self._out.capabilities.rate_hz

        def work() -> None:
            for name in names:
                make_ready(name, rate_hz, MUSIC_SEED)
                song = song_named(name)
                if song is not None and self._songs is not None:
                    self._songs.make_ready(song)

        threading.Thread(target=work, name="samples", daemon=True).start()

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
        audible = self._out.capabilities.audible
        return AudioStatus(
            now_ns, AudioState.LOST, None, (), 0, 0.0, 0.0, self._complaint, audible=audible
        )
