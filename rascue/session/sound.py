"""Keeps a sound output alive: carries out sound effects, opens a lost device again."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rascue.audio.base import AudioOut, ScheduledSound
from rascue.audio.catalog import make_ready
from rascue.audio.cue_player import MUSIC_SEED
from rascue.audio.song_reader import SongShelf
from rascue.core.clock import seconds_between
from rascue.core.events import AudioStatus, CancelFrom, Effect, FadeAll, MakeReady, ScheduleBeat
from rascue.core.types import AudioState, Beat, EngineNs
from rascue.session.opening import Opening, Runner, in_a_thread
from rascue.songs.name import song_named

REOPEN_EVERY_S = 0.5
"""A cue is to be back within 2 s of its device (issue 5); the figure is a default, not evidence."""

OPENING_MAX_S = 2.0
"""At the end of the service an opening is waited for so long; default, not evidence."""


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
    """An output that may come and go; used by the main thread alone.

    Opening happens beside it: a sound server that starts, or a driver that does not answer, must
    not hold up steps, commands or the log.

    Parameters
    ----------
    out
        The output; nobody else uses it.
    songs
        The patients' own songs; None where there are none.
    run
        Runs the opening.
    """

    def __init__(
        self, out: AudioOut, songs: SongShelf | None = None, run: Runner = in_a_thread
    ) -> None:
        self._out = out
        self._songs = songs
        self._run = run
        self._audible = out.capabilities.audible
        self._is_open = False
        self._opening: Opening | None = None
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
        """Return the state of the output, after beginning to open it where that is due."""
        if not self._is_open:
            self._care_for_opening(now_ns)
        if not self._is_open:
            return self._absent(now_ns)
        status = self._out.poll(now_ns)
        if status.state is AudioState.LOST:
            self._complaint = status.detail
            self._is_open = False  # closed by whoever opens it again
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
        """Release the device; one that is being opened gets a moment to finish."""
        if self._opening is None or self._opening.wait(OPENING_MAX_S):
            self._out.close()
        self._is_open = False

    def _care_for_opening(self, now_ns: EngineNs) -> None:
        if self._opening is None and self._retry_is_due(now_ns):
            self._tried_ns = now_ns
            self._opening = Opening(self._out, now_ns, self._run)
        if self._opening is not None and self._opening.is_over:
            complaint = self._opening.complaint()
            self._opening = None
            self._is_open = complaint is None
            self._complaint = complaint or ""

    def _retry_is_due(self, now_ns: EngineNs) -> bool:
        return self._tried_ns is None or seconds_between(self._tried_ns, now_ns) >= REOPEN_EVERY_S

    def _absent(self, now_ns: EngineNs) -> AudioStatus:
        """Return what is known without a device: why it is not there, or that it starts."""
        state = AudioState.LOST if self._complaint else AudioState.STARTING
        return AudioStatus(
            now_ns, state, None, (), 0, 0.0, 0.0, self._complaint, audible=self._audible
        )
