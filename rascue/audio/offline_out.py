"""The output ``offline:FILE.wav``: what a device would have played, written as it is rendered."""

from __future__ import annotations

import contextlib
import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from rascue.audio.native_mixer import LEAD_FRAMES
from rascue.audio.settings import AudioOutSettings
from rascue.audio.stepped_out import SteppedOut
from rascue.core.errors import AudioUnavailable, UnavailableReason, WrongUse
from rascue.core.events import AudioStatus
from rascue.core.types import AudioState, BeatOutcome, EngineNs

INT16_MAX = 32767


class OfflineOut(SteppedOut):
    """Writes 16-bit mono PCM; frame n of the stream is sample n of the file.

    The header is right after every poll, so the file of a killed engine can be read. Nothing but
    the last block is held in memory, and equal calls write equal bytes.

    Parameters
    ----------
    spec_argument
        Path of the file to write; an existing one is replaced.
    settings, ppm
        As in ``SteppedOut``.

    Raises
    ------
    WrongUse
        When the path is empty or its folder does not exist.
    """

    def __init__(self, spec_argument: str, settings: AudioOutSettings, ppm: float = 0.0) -> None:
        if not spec_argument:
            raise WrongUse("--audio offline needs a file: offline:FILE.wav")
        super().__init__("offline", settings, ppm)  # no path: it goes into session files
        self._path = Path(spec_argument)
        if not self._path.parent.is_dir():
            raise WrongUse(f"--audio offline: folder {self._path.parent} does not exist")
        self._last_played = -1
        self._file: BinaryIO | None = None
        self._wave: wave.Wave_write | None = None

    def open(self, now_ns: EngineNs) -> None:
        """Create the file and let its first sample be now.

        Raises
        ------
        AudioUnavailable
            When the file cannot be created, or could not be written to its end before: opening it
            again would destroy what was recorded.
        """
        if self._state is AudioState.LOST:
            raise AudioUnavailable(str(self._path), UnavailableReason.NOT_FOUND, self._detail)
        self.close()
        try:
            self._file = self._path.open("wb")
        except PermissionError as error:
            raise self._unavailable(UnavailableReason.NO_PERMISSION, error) from error
        except OSError as error:
            raise self._unavailable(UnavailableReason.NOT_FOUND, error) from error
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115  closed by close()
        self._wave.setparams((1, 2, self._settings.rate_hz, 0, "NONE", "not compressed"))
        super().open(now_ns)

    def close(self) -> None:
        """Finish the file; harmless when called twice.

        The mixer works ahead of what it gives out: a sound reported as played may begin in that.
        """
        given_out = self._player.mixer.frame
        if self._state is AudioState.RUNNING and self._last_played >= given_out:
            self._render_to(given_out + LEAD_FRAMES)
        super().close()
        for part in (self._wave, self._file):
            if part is not None:
                with contextlib.suppress(OSError):  # a full disk was reported when it happened
                    part.close()
        self._wave = self._file = None

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Write what sounds up to now and return what was played on the way."""
        status = super().poll(now_ns)
        for report in status.played:
            if report.outcome is BeatOutcome.PLAYED:
                self._last_played = report.frame
        return status

    def _take(self, block: NDArray[np.float32]) -> None:
        assert self._wave is not None  # noqa: S101  running means open
        samples = np.rint(block * INT16_MAX).astype("<i2")
        try:
            self._wave.writeframes(samples.tobytes())
        except OSError as error:
            self._lose(f"{error.strerror}: free space on its disk")

    def _unavailable(self, reason: UnavailableReason, error: OSError) -> AudioUnavailable:
        return AudioUnavailable(str(self._path), reason, error.strerror or str(error))
