"""A microphone or line input that hears the clicks of a calibration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.audio.frame_clock import FrameClock
from rascue.audio.latency import onsets_in_sound
from rascue.audio.portaudio_stream import first_line, library, reason_of
from rascue.core.clock import Clock, after
from rascue.core.errors import AudioUnavailable, RascueError

RATE_HZ = 48_000
BLOCK_FRAMES = 256


class Microphone:
    """Records from opening to closing, with a line from its samples to engine time.

    Blocks arrive late by varying times, never early; the same filter as for outputs finds the line.
    The input's own latency, as its driver states it, is taken off.

    Parameters
    ----------
    device
        Name of the input, part of it, number, or "" for the default input.
    clock
        Engine time; also read by the device's thread.
    sleep
        Lets time pass, s.

    Raises
    ------
    AudioUnavailable
        When there is no such input or it refuses.
    """

    resolution_s = 0.0

    def __init__(self, device: str, clock: Clock, sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._blocks: list[NDArray[np.float32]] = []
        self._arrivals: list[tuple[int, int]] = []
        asked = f"microphone {device!r}" if device else "the default microphone"
        sound = library(asked, look_anew=False)  # the output is open already
        try:
            self._stream = sound.InputStream(
                samplerate=RATE_HZ,
                blocksize=BLOCK_FRAMES,
                device=int(device) if device.isdecimal() else device or None,
                channels=1,
                dtype="float32",
                latency="low",
                callback=self._take,
            )
            self._stream.start()
        except (ValueError, sound.PortAudioError) as error:
            raise AudioUnavailable(asked, reason_of(error), first_line(error)) from error

    def listen(self, seconds: float) -> None:
        """Let time pass; the device's thread records."""
        self._sleep(seconds)

    def heard_ns(self) -> list[int]:
        """Return the instants at which a click reached the input.

        Raises
        ------
        RascueError
            When the input was too unsteady to have a line.
        """
        blocks = list(self._blocks)
        follower = FrameClock(RATE_HZ)
        for frame, at_ns in self._arrivals[: len(blocks)]:
            follower.add(frame, at_ns)
        line = follower.map()
        if line is None:
            raise RascueError("calibration: the microphone was interrupted; try again")
        latency_s = float(self._stream.latency)
        onsets = onsets_in_sound(np.concatenate(blocks), RATE_HZ)
        return [after(line.to_engine(int(onset)), -latency_s) for onset in onsets]

    def close(self) -> None:
        """Release the input."""
        self._stream.close()

    def _take(self, block: NDArray[np.float32], frames: int, _times: Any, _status: Any) -> None:
        ends_at = (self._arrivals[-1][0] if self._arrivals else 0) + frames
        self._arrivals.append((ends_at, self._clock.now_ns()))
        self._blocks.append(block[:, 0].copy())
