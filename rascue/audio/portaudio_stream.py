"""One open PortAudio stream that takes its samples from the mixer in C.

``sounddevice`` is imported when the first stream is opened: where the PortAudio library is missing,
every other output still works.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import sys
from importlib import import_module
from typing import Any

from rascue.audio.native_mixer import NativeMixer
from rascue.core.errors import AudioUnavailable, UnavailableReason

# PaErrorCode of portaudio.h, and the negative errno that ALSA gives as host error.
REASONS = {
    -9998: UnavailableReason.REFUSED_FORMAT,  # paInvalidChannelCount
    -9997: UnavailableReason.REFUSED_FORMAT,  # paInvalidSampleRate
    -9994: UnavailableReason.REFUSED_FORMAT,  # paSampleFormatNotSupported
    -9985: UnavailableReason.BUSY,  # paDeviceUnavailable
}
HOST_REASONS = {
    -errno.EBUSY: UnavailableReason.BUSY,
    -errno.EACCES: UnavailableReason.NO_PERMISSION,
    -errno.EPERM: UnavailableReason.NO_PERMISSION,
    -errno.EINVAL: UnavailableReason.REFUSED_FORMAT,
}


def library(device: str, *, look_anew: bool = True) -> Any:
    """Return the module ``sounddevice``, with a fresh list of devices.

    PortAudio looks for devices only when it is initialized, so a device that came back is found
    by initializing again. That closes every open stream: beside one, do not ``look_anew``.

    Raises
    ------
    AudioUnavailable
        When the PortAudio library is not installed.
    """
    seen_before = "sounddevice" in sys.modules
    try:
        module = import_module("sounddevice")
    except OSError as error:
        raise AudioUnavailable(
            device, UnavailableReason.NO_DRIVER, "libportaudio2 is not installed"
        ) from error
    if seen_before and look_anew:
        module._terminate()
        module._initialize()
    return module


def reason_of(error: Exception) -> UnavailableReason:
    """Return what a person should do about a PortAudioError.

    Its arguments are a text, the PaErrorCode, and (API, host error, text); the last may be absent.
    """
    match error.args:
        case (_, _, (_, host_error, _)) if host_error in HOST_REASONS:
            return HOST_REASONS[host_error]
        case (_, code, *_) if code in REASONS:
            return REASONS[code]
    return UnavailableReason.NOT_FOUND


def first_line(error: Exception) -> str:
    """Return the part of an error message that fits on one line."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


class PortAudioStream:
    """An output device that plays what the mixer gives, from opening to closing.

    Parameters
    ----------
    device
        Name or part of it, number, or "" for the system's default output.
    rate_hz, block_frames
        Format asked for.
    buffered_blocks
        Blocks between mixer and converter; the driver may round.
    look_anew
        Whether to look which devices there are; without, they are those found before.

    Raises
    ------
    AudioUnavailable
        When there is no such device or it refuses.
    """

    def __init__(
        self,
        device: str,
        rate_hz: int,
        block_frames: int,
        buffered_blocks: int,
        *,
        look_anew: bool = True,
    ) -> None:
        self._asked = f"sound output {device!r}" if device else "the default sound output"
        self._library = library(self._asked, look_anew=look_anew)
        self._rate_hz = rate_hz
        self._block_frames = block_frames
        self._latency_s = buffered_blocks * block_frames / rate_hz
        self._info = self._find(int(device) if device.isdecimal() else device or None)
        self.channels = min(int(self._info["max_output_channels"]), 2)
        self.name = str(self._info["name"])
        self._stream: Any = None
        self._mixer: NativeMixer | None = None

    def start(self, mixer: NativeMixer) -> None:
        """Open the device and let it call the mixer.

        Raises
        ------
        AudioUnavailable
            When the device is busy, forbidden, or refuses the format.
        """
        ffi = self._library._ffi
        self._mixer = mixer  # the device thread uses it until close
        try:
            self._stream = self._library._StreamBase(
                "output",
                samplerate=self._rate_hz,
                blocksize=self._block_frames,
                device=self._info["index"],
                channels=self.channels,
                dtype="float32",
                latency=self._latency_s,
                callback=ffi.cast("PaStreamCallback *", mixer.callback),
                userdata=ffi.cast("void *", mixer.user_data),
            )
            self._ask_for_realtime()
            self._stream.start()
        except self._library.PortAudioError as error:
            self.close()
            raise AudioUnavailable(self._asked, reason_of(error), first_line(error)) from error

    @property
    def latency_s(self) -> float:
        """Time from mixer to converter as the driver states it, s."""
        return float(self._stream.latency)

    @property
    def is_running(self) -> bool:
        """Whether the driver says that the stream goes on."""
        return bool(self._stream.active)

    def close(self) -> None:
        """Stop at once and release the device; harmless when called twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(self._library.PortAudioError):  # a lost device cannot be
                stream.abort()  # stopped, but it must still be closed
            with contextlib.suppress(self._library.PortAudioError):
                stream.close()

    def _find(self, device: str | int | None) -> Any:
        try:
            return self._library.query_devices(device, "output")
        except (ValueError, self._library.PortAudioError) as error:
            detail = "there is none" if device is None else first_line(error)
            raise AudioUnavailable(self._asked, UnavailableReason.NOT_FOUND, detail) from error

    def _ask_for_realtime(self) -> None:
        """Let ALSA's device thread run above ordinary threads, where the system allows it.

        PortAudio leaves this off; it ignores the wish where it is not permitted.
        """
        if self._library.query_hostapis(self._info["hostapi"])["name"] != "ALSA":
            return
        enable = getattr(
            ctypes.CDLL(self._library._libname), "PaAlsa_EnableRealtimeScheduling", None
        )
        if enable is not None:
            address = int(self._library._ffi.cast("intptr_t", self._stream._ptr))
            enable(ctypes.c_void_p(address), 1)
