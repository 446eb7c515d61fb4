"""The mixer in C, as Python sees it: commands in, samples and reports out.

The control side belongs to the engine's main thread. The samples are taken either by the sound
device's thread through ``callback`` and ``user_data`` or by ``render``, never by both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.audio._mixer import ffi, lib
from rascue.core.types import BeatOutcome, DacFrame

LEAD_FRAMES: int = lib.MIXER_LEAD_FRAMES
"""A sound must be given to the mixer so many frames before the frame that it starts at."""

OUTCOMES = {
    lib.MIXER_PLAYED: BeatOutcome.PLAYED,
    lib.MIXER_LATE: BeatOutcome.LATE,
    lib.MIXER_CANCELLED: BeatOutcome.CANCELLED,
}

Report = tuple[int, DacFrame, BeatOutcome]
"""Id of a sound, the frame it was given, and what became of it."""


class NativeMixer:
    """Sounds placed by frame, limited to a level that nothing can exceed (R2).

    Parameters
    ----------
    channels
        Samples per frame, 1 or 2: left and right.
    cap
        Largest absolute sample that leaves the mixer, 0..1.
    """

    def __init__(self, channels: int, cap: float) -> None:
        state = lib.mixer_new(channels, cap)
        if state == ffi.NULL:
            raise ValueError(f"mixer with {channels} channels and cap {cap} cannot be made")
        self._state = ffi.gc(state, lib.mixer_free)
        self._channels = channels
        self._awaited = 0
        self._sounds: dict[int, NDArray[np.float32]] = {}  # the C side keeps their addresses
        self._passing: list[tuple[int, NDArray[np.float32]]] = []
        """Last frame and samples of sounds that are played once; the C side reads them so long."""

    def play(
        self, sound_id: int, frame: int, samples: NDArray[np.float32], left: float, right: float
    ) -> bool:
        """Start ``samples``, float32 (n,), at a frame; False when too many sounds are awaited.

        ``left`` and ``right`` are the gains of the channels; one channel alone plays ``left``.
        """
        address = samples.ctypes.data
        self._sounds[address] = samples
        pcm = ffi.cast("float *", address)
        taken = bool(lib.mixer_play(self._state, sound_id, frame, pcm, len(samples), left, right))
        self._awaited += taken
        return taken

    def play_once(
        self, sound_id: int, frame: int, samples: NDArray[np.float32], gain: float
    ) -> bool:
        """Like ``play``, equally loud on all channels; the samples are let go when they are over.

        The array must own its memory and not be changed.
        """
        now = self.frame
        self._passing = [one for one in self._passing if one[0] >= now]
        end = max(frame + len(samples) + LEAD_FRAMES, now)
        self._passing.append((end, samples))
        pcm = ffi.cast("float *", samples.ctypes.data)
        count = len(samples)
        taken = bool(lib.mixer_play(self._state, sound_id, frame, pcm, count, gain, gain))
        self._awaited += taken
        return taken

    @property
    def awaited(self) -> int:
        """Sounds given whose outcome has not been taken yet."""
        return self._awaited

    def cancel_from(self, frame: int) -> bool:
        """Take back what starts at ``frame`` or later; False when the command ring is full."""
        return bool(lib.mixer_cancel_from(self._state, frame))

    def fade_all(self, ramp_frames: int) -> None:
        """Silence all that sounds within a ramp and take back the rest; never refused (R1)."""
        lib.mixer_fade_all(self._state, ramp_frames)

    def reports(self) -> Iterator[Report]:
        """Yield what became of sounds since the last call, in the order in which it happened."""
        report = ffi.new("mixer_report *")
        while lib.mixer_next_report(self._state, report):
            self._awaited -= 1
            yield report.id, DacFrame(report.frame), OUTCOMES[report.outcome]

    def block_times(self) -> Iterator[tuple[int, int, int]]:
        """Yield what is known of each block the device asked for.

        That is its first frame, CLOCK_MONOTONIC in ns, and how often the device had run dry.
        """
        block = ffi.new("mixer_block_time *")
        while lib.mixer_next_block_time(self._state, block):
            yield block.frame, block.at_ns, block.underflows

    @property
    def frame(self) -> int:
        """Frames given out so far."""
        return int(lib.mixer_frame(self._state))

    def render(self, frames: int) -> NDArray[np.float32]:
        """Return the next ``frames`` frames, shape (frames, channels)."""
        block = np.empty((frames, self._channels), np.float32)
        lib.mix_block(self._state, ffi.from_buffer("float[]", block), frames)
        return block

    @property
    def callback(self) -> Any:
        """Address of the C function that a sound device calls, as an untyped pointer."""
        return ffi.cast("void *", ffi.addressof(lib, "mixer_callback"))

    @property
    def user_data(self) -> Any:
        """Pointer the C function must be called with; valid as long as this object lives."""
        return ffi.cast("void *", self._state)
