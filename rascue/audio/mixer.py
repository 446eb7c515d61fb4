"""The mixer in Python: the readable statement of what mixer.c does, and its reference in tests.

Every float operation is done in 32 bits and in the order of the C code, so both give the same
samples bit for bit, however the stream is divided into blocks. Too slow for a stream.

Time in the mixer: ``mix_frame`` is the next frame to be mixed; it leaves the limiter
``LEAD_FRAMES`` later, when ``frame`` has reached it. A command is seen at the next block.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.types import BeatOutcome, DacFrame

WINDOW = 96
"""Length of the limiter's look-ahead, frames: 2 ms at 48 kHz. Source: AUDIO.md section 8."""

LEAD_FRAMES = WINDOW - 1
UNITY = 1 << 24
RELEASE_SHIFT = 12
MAX_AWAITED = 256
ZERO = np.float32(0.0)
SILENCE = np.zeros(2, np.float32)
"""One frame, left and right."""


@dataclass(slots=True, eq=False)
class Voice:
    """A sound that waits or sounds; ``gain`` has one value for each channel."""

    sound_id: int
    start: int
    samples: NDArray[np.float32]
    gain: NDArray[np.float32]
    next: int = 0
    fade_left: int = 0
    fade_total: int = 0

    def take(self) -> NDArray[np.float32] | None:
        """Return the next frame, or None when there is no more."""
        if self.next >= len(self.samples):
            return None
        fading = np.float32(1.0)
        if self.fade_total:
            self.fade_left -= 1
            if self.fade_left == 0:
                return None
            fading = share(self.fade_left, self.fade_total)
        self.next += 1
        frame: NDArray[np.float32] = self.samples[self.next - 1] * (self.gain * fading)
        return frame

    def fade(self, ramp: int) -> bool:
        """Go from the present level to zero by the end of the ramp; False when that is now."""
        left = ramp - LEAD_FRAMES
        if left <= 0:
            return False
        self.gain = self.gain * share(left, ramp)
        if self.fade_total:
            self.gain = self.gain * share(self.fade_left, self.fade_total)
            left = min(left, self.fade_left)
        self.fade_left = self.fade_total = left
        return True


def share(part: int, whole: int) -> np.float32:
    """Return ``part / whole``, rounded as C rounds it."""
    return np.float32(part) / np.float32(whole)


class Limiter:
    """Look-ahead limiter: no sample above ``cap`` comes out, whatever goes in (R2).

    The gain is the running mean, over the window, of the least gain that any sample of the window
    before needs; so it has come down smoothly by the time a peak leaves. It recovers exponentially.
    Gains are integers of 1 / ``UNITY``: a running sum that never drifts.
    """

    def __init__(self, cap: np.float32) -> None:
        self._cap = cap
        self.delay = deque([SILENCE] * WINDOW, WINDOW)
        """Frames by age; the oldest has been given out."""
        self._need = deque([UNITY] * WINDOW, WINDOW)
        self._held = deque([UNITY] * WINDOW, WINDOW)

    def limit(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the newest frame and return the one ``LEAD_FRAMES`` older."""
        frame = np.where(np.isfinite(frame), frame, ZERO)
        size = np.abs(frame).max()
        need = int(self._cap / size * np.float32(UNITY)) if size > self._cap else UNITY
        self.delay.append(frame)
        self._need.append(need)
        hold = self._held[-1]
        recovered = hold + ((UNITY - hold) >> RELEASE_SHIFT) + 1
        self._held.append(min(*self._need, recovered))
        gain = np.float32(sum(self._held) // WINDOW) / np.float32(UNITY)
        given: NDArray[np.float32] = np.clip(self.delay[0] * gain, -self._cap, self._cap)
        return given


class ReferenceMixer:
    """Same commands, samples and reports as ``NativeMixer``; see there."""

    def __init__(self, channels: int, cap: float) -> None:
        self.frame = 0
        self._channels = channels
        self._mix_frame = LEAD_FRAMES
        self._limiter = Limiter(np.float32(cap))
        self._commands: deque[Voice | int] = deque()
        self._given = 0
        self._obeyed = 0
        self._fade_asked = self._fade_seen = (0, 0)
        self._voices: list[Voice] = []
        self._reports: deque[tuple[int, DacFrame, BeatOutcome]] = deque()
        self._awaited = 0

    def play(
        self, sound_id: int, frame: int, samples: NDArray[np.float32], left: float, right: float
    ) -> bool:
        """Start ``samples`` at a frame; False when too many sounds are awaited."""
        if self._awaited >= MAX_AWAITED or len(self._commands) >= 2 * MAX_AWAITED:
            return False
        self._awaited += 1
        gain = np.array([left, right if self._channels > 1 else 0.0], np.float32)
        self._give(Voice(sound_id, frame, samples, gain))
        return True

    def cancel_from(self, frame: int) -> bool:
        """Take back what starts at ``frame`` or later; False when the command ring is full."""
        if len(self._commands) >= 2 * MAX_AWAITED:
            return False
        self._give(frame)
        return True

    def fade_all(self, ramp_frames: int) -> None:
        """Silence all that sounds within a ramp and take back the rest.

        Asking for the same again, with nothing given in between, changes nothing.
        """
        self._fade_asked = (self._given, max(ramp_frames, 1))

    def reports(self) -> Iterator[tuple[int, DacFrame, BeatOutcome]]:
        """Yield what became of sounds since the last call."""
        while self._reports:
            self._awaited -= 1
            yield self._reports.popleft()

    def render(self, frames: int) -> NDArray[np.float32]:
        """Return the next ``frames`` frames, shape (frames, channels)."""
        self._obey()
        with np.errstate(over="ignore", invalid="ignore"):  # as in C; the limiter drops the result
            given = [self._limiter.limit(self._mix_one()) for _ in range(frames)]
        self.frame += frames
        return np.array(given, np.float32).reshape(-1, 2)[:, : self._channels]

    def _give(self, command: Voice | int) -> None:
        self._commands.append(command)
        self._given += 1

    def _obey(self) -> None:
        if self._fade_asked != self._fade_seen:
            self._fade_seen = given_before, ramp = self._fade_asked
            self._fade(ramp)
            while self._obeyed < given_before:
                self._drop(self._next_command())
        while self._commands and len(self._voices) < 2 * MAX_AWAITED:
            self._obey_one(self._next_command())

    def _next_command(self) -> Voice | int:
        self._obeyed += 1
        return self._commands.popleft()

    def _drop(self, command: Voice | int) -> None:
        if isinstance(command, Voice):
            self._report(command, BeatOutcome.CANCELLED)

    def _obey_one(self, command: Voice | int) -> None:
        if isinstance(command, int):
            self._cancel_waiting(command)
        elif command.start < self._mix_frame:
            self._report(command, BeatOutcome.LATE)
        else:
            self._voices.append(command)

    def _cancel_waiting(self, start: int) -> None:
        taken_back = [v for v in self._voices if v.start >= max(start, self._mix_frame)]
        for voice in taken_back:
            self._report(voice, BeatOutcome.CANCELLED)
        self._voices = [v for v in self._voices if v not in taken_back]

    def _fade(self, ramp: int) -> None:
        delay = self._limiter.delay
        for k in range(1, WINDOW):  # mixed already, not yet given out
            delay[k] = delay[k] * (share(ramp - k, ramp) if k < ramp else ZERO)
        self._cancel_waiting(self._mix_frame)
        self._voices = [v for v in self._voices if v.fade(ramp)]

    def _mix_one(self) -> NDArray[np.float32]:
        mix = SILENCE
        ended = []
        for voice in self._voices:  # in order of arrival: the sum rounds alike always
            if voice.start > self._mix_frame:
                continue
            if voice.start == self._mix_frame:
                self._report(voice, BeatOutcome.PLAYED)
            frame = voice.take()
            if frame is None:
                ended.append(voice)
            else:
                mix = mix + frame
        self._voices = [v for v in self._voices if v not in ended]
        self._mix_frame += 1
        return mix

    def _report(self, voice: Voice, outcome: BeatOutcome) -> None:
        self._reports.append((voice.sound_id, DacFrame(voice.start), outcome))
