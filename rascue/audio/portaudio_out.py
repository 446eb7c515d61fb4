"""The output ``portaudio[:DEVICE]``: any sound device that PortAudio knows.

The device's own thread runs only C; everything here runs in the engine's main thread.
"""

from __future__ import annotations

from dataclasses import replace

from rascue.audio.base import AudioCapabilities, ScheduledSound
from rascue.audio.cue_player import CuePlayer
from rascue.audio.frame_clock import FrameClock
from rascue.audio.measured import find_measured
from rascue.audio.measured_level import offset_of
from rascue.audio.portaudio_stream import PortAudioStream
from rascue.audio.server_sink import SinkWatch, server_sink
from rascue.audio.settings import AudioOutSettings
from rascue.core.clock import seconds_between
from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus
from rascue.core.types import AudioState, DacFrame, EngineNs

STALL_S = 2.5
"""A device that asks for nothing for so long is lost. PipeWire takes up to 2 s for the first sound
after it was idle (AUDIO.md section 5)."""

BACK_S = 0.7
"""A device that has run before and is opened again is given so long for its first request, then
twice as long with each try up to ``STALL_S``: a server that was reached while it started may never
ask. Default, not evidence; a cue is to be back within 2 s (issue 5)."""

DRIVER_LATENCY_SD_S = 0.005
"""Spread assumed of a latency that only the driver stated, s; default, not evidence."""

RADIO_LATENCY_SD_S = 0.05
"""The same for Bluetooth, whose latency of 0.1 to 0.25 s changes with every connection, s.
Source: AUDIO.md section 5."""

RADIO_WORDS = ("bluetooth", "bluez", "bluealsa", "a2dp")
"""Parts of the names that Linux gives to Bluetooth outputs."""


def driver_latency_sd_s(device_name: str) -> float:
    """Return the spread, s, to assume of an output's latency that nobody has measured."""
    is_radio = any(word in device_name.lower() for word in RADIO_WORDS)
    return RADIO_LATENCY_SD_S if is_radio else DRIVER_LATENCY_SD_S


class PortAudioOut:
    """A stream that plays silence between cues and is never closed between them.

    Parameters
    ----------
    spec_argument
        Device by name, part of its name or number; "" is the system's default.
    settings
        See ``AudioOutSettings``.
    """

    def __init__(self, spec_argument: str, settings: AudioOutSettings) -> None:
        self._device = spec_argument
        self._settings = settings
        self._stream: PortAudioStream | None = None
        self._sink = SinkWatch("", "")
        self._first_request_within_s = STALL_S
        self._look_anew = True
        self._state = AudioState.CLOSED
        self._detail = ""
        self._capabilities = AudioCapabilities(
            name=f"portaudio:{spec_argument}" if spec_argument else "portaudio",
            rate_hz=settings.rate_hz,
            channels=1,
            latency_s=settings.latency_s or 0.0,
            latency_sd_s=self._latency_sd_s(spec_argument),
            measured=settings.latency_s is not None,
            audible=True,
            level_offset_db=settings.level_offset_db,
        )
        self._begin(now_ns=EngineNs(0))

    @property
    def capabilities(self) -> AudioCapabilities:
        """What is known about the device; complete once it is open."""
        return self._capabilities

    def open(self, now_ns: EngineNs) -> None:
        """Open the device and start its stream; after ``close`` it can be opened again.

        Raises
        ------
        AudioUnavailable
            When there is no PortAudio, no such device, or it refuses.
        """
        self.close()
        settings = self._settings
        look_anew, self._look_anew = self._look_anew, True
        stream = PortAudioStream(
            self._device,
            settings.rate_hz,
            settings.block_frames,
            settings.buffered_blocks,
            look_anew=look_anew,
        )
        behind = server_sink(stream.name)
        name = f"portaudio:{stream.name}" + (f" ({behind})" if behind else "")
        self._capabilities = replace(
            self._capabilities,
            name=name,
            channels=stream.channels,
            level_offset_db=self._level_offset_db(name),
        )
        self._begin(now_ns)
        stream.start(self._player.mixer)
        self._stream = stream
        self._sink = SinkWatch(stream.name, behind)
        self._state = AudioState.STARTING
        if settings.latency_s is None:
            self._capabilities = self._with_latency_of(stream)

    def schedule(self, sound: ScheduledSound) -> None:
        """Start a sound at its frame; one whose frame has passed is dropped and reported LATE."""
        self._player.schedule(sound)

    def cancel_from(self, frame: DacFrame) -> None:
        """Drop every sound that was to start at ``frame`` or later; each is reported CANCELLED."""
        self._player.cancel_from(frame)

    def fade_all(self, ramp_s: float) -> None:
        """Bring all sound to silence within ``ramp_s`` and drop what is scheduled (R1)."""
        self._player.fade_all(ramp_s)

    def poll(self, now_ns: EngineNs) -> AudioStatus:
        """Follow the device's clock and return state, clock and outcomes since the last call.

        A lost device is reported once as LOST and stays so until it is closed and opened again.
        """
        clock = None
        if self._stream is not None and self._state is not AudioState.LOST:
            clock = self._follow(self._stream, now_ns)
        return AudioStatus(
            at_ns=now_ns,
            state=self._state,
            clock=clock,
            played=self._player.outcomes(),
            underflows=self._underflows,
            latency_s=self._capabilities.latency_s,
            latency_sd_s=self._capabilities.latency_sd_s,
            detail=self._detail,
            device="" if self._stream is None else self._capabilities.name,
            latency_measured=self._capabilities.measured,
            audible=True,
            level_offset_db=self._capabilities.level_offset_db,
            sound_trouble=self._player.trouble,
        )

    def close(self) -> None:
        """Release the device; sounds still awaited are reported CANCELLED by the next poll."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._sink.close()
            self._player.abandon()
        self._state = AudioState.CLOSED

    def _begin(self, now_ns: EngineNs) -> None:
        """Forget an earlier stream: its frames, its clock, its interruptions."""
        described = self._capabilities
        self._player = CuePlayer(
            described.rate_hz,
            described.channels,
            self._settings.level_max_dbfs,
            self._settings.songs,
        )
        self._clock = FrameClock(described.rate_hz)
        self._underflows = 0
        self._last_request_ns = now_ns
        self._has_asked = False
        self._detail = ""

    def _latency_sd_s(self, device_name: str) -> float:
        measured = self._settings.latency_sd_s
        return driver_latency_sd_s(device_name) if measured is None else measured

    def _level_offset_db(self, device: str) -> float | None:
        configured = self._settings.level_offset_db
        return offset_of(self._settings.levels, device) if configured is None else configured

    def _with_latency_of(self, stream: PortAudioStream) -> AudioCapabilities:
        """Return the capabilities with what a calibration found, or else the driver's word."""
        settings, described = self._settings, self._capabilities
        found = find_measured(
            settings.measured, described.name, settings.rate_hz, settings.block_frames
        )
        if found is None:
            sd_s = self._latency_sd_s(described.name)
            return replace(described, latency_s=stream.latency_s, latency_sd_s=sd_s, measured=False)
        return replace(described, latency_s=found.latency_s, latency_sd_s=found.sd_s, measured=True)

    def _follow(self, stream: PortAudioStream, now_ns: EngineNs) -> ClockMap | None:
        for frame, at_ns, underflows in self._player.mixer.block_times():
            if underflows != self._underflows:  # time has passed between two frames
                self._underflows = underflows
                self._clock.restart()
            self._clock.add(frame, at_ns)
            self._last_request_ns = now_ns
            self._has_asked = True
        if not stream.is_running:
            self._lose("the driver has stopped the stream")
            return None
        if self._sink.moved_to:  # another latency, another loudness: open it anew
            self._lose(f"the sound server plays to {self._sink.moved_to} now")
            return None
        patience_s = STALL_S if self._has_asked else self._first_request_within_s
        if seconds_between(self._last_request_ns, now_ns) > patience_s:
            self._first_request_within_s = min(2 * patience_s, STALL_S)
            self._lose(f"the device has asked for no sound for {patience_s:g} s")
            return None
        if self._has_asked:
            self._first_request_within_s = BACK_S
            self._look_anew = False  # the same device is tried first: looking took up to 2 s
        clock = self._clock.map()
        self._state = AudioState.RUNNING if clock else AudioState.STARTING
        return clock

    def _lose(self, detail: str) -> None:
        self._player.abandon()
        self._state = AudioState.LOST
        self._detail = f"{self._capabilities.name}: {detail}"
