"""`rascue calibrate`: how long sound takes to a microphone or the sensor, and how loud it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import numpy as np
from numpy.typing import NDArray

from rascue.audio import measured_level
from rascue.audio.base import AudioOut
from rascue.audio.calibrate import NOISE_S, Listener, calibrate, play_noise
from rascue.audio.latency import onsets_in_acceleration
from rascue.audio.measured import FILE_NAME, MeasuredLatency, remember_measured
from rascue.audio.measured_level import level_from_reading, remember_level
from rascue.audio.microphone import Microphone
from rascue.cli.devices import audio_out_of, service_devices
from rascue.cli.options import add_config, add_data, add_devices, loaded_config
from rascue.config.models import RascueConfig
from rascue.core.clock import Clock, after
from rascue.core.errors import WrongUse
from rascue.sensor.base import ImuSource
from rascue.session.host import HostClock

READ_S = 0.02
"""Longest wait for one block of the sensor, s."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config(parser)
    add_data(parser)
    add_devices(parser)
    by = parser.add_mutually_exclusive_group(required=True)
    by.add_argument(
        "--microphone", metavar="NAME", nargs="?", const="", help="listen with this input"
    )
    by.add_argument(
        "--sensor", action="store_true", help="the sensor is held to the loudspeaker and feels it"
    )
    by.add_argument(
        "--level",
        metavar="DBA",
        nargs="?",
        type=float,
        const=0.0,
        help="play noise for a sound level meter at the ear; with its reading, dB(A), keep that",
    )


def carry_out(args: argparse.Namespace) -> int:
    """Play, then print and store what was found."""
    config = loaded_config(args).config
    out = audio_out_of(config)
    if not out.capabilities.audible:
        raise WrongUse(f"--audio {config.audio.output}: nobody hears it; choose a sound device")
    if args.level is None:
        return _find_latency(args, config, out)
    return _keep_level(args, out) if args.level else _play_noise(out)


def _play_noise(out: AudioOut) -> int:
    """Let somebody read a meter."""
    clock = HostClock()
    out.open(clock.now_ns())
    print(
        f"Noise for {NOISE_S} s on {out.capabilities.name}. Hold the meter, set to A and slow, "
        "where the ear will be; then run this again with what it reads, as `--level 72.5`."
    )
    try:
        play_noise(out, clock, sleep)
    finally:
        out.close()
    return 0


def _keep_level(args: argparse.Namespace, out: AudioOut) -> int:
    """Store what a meter has read while the noise played."""
    out.open(HostClock().now_ns())  # only an open device has its full name
    device = out.capabilities.name
    out.close()
    found = level_from_reading(device, args.level)
    path = args.data / measured_level.FILE_NAME
    remember_level(path, found)
    print(f"{device}: 0 dBFS is {found.offset_db:.1f} dB(A) at the ear; stored in {path}")
    return 0


def _find_latency(args: argparse.Namespace, config: RascueConfig, out: AudioOut) -> int:
    """Play clicks; refuse what is too unsteady to correct."""
    clock = HostClock()
    out.open(clock.now_ns())
    try:
        device = out.capabilities.name
        with _listener(args, config, clock) as listener:
            found = calibrate(out, listener, clock)
    finally:
        out.close()
    method = "sensor" if args.sensor else "microphone"
    audio = config.audio
    path = args.data / FILE_NAME
    remember_measured(
        path,
        MeasuredLatency(
            device, audio.rate_hz, audio.block_frames, method, found.latency_s, found.iqr_s
        ),
    )
    print(
        f"{device}: {1000 * found.latency_s:.1f} ms, spread {1000 * found.iqr_s:.1f} ms "
        f"({found.n_heard} of {found.n_played} clicks heard); stored in {path}"
    )
    return 0


class SensorListener:
    """The worn sensor, held to the loudspeaker.

    Parameters
    ----------
    source
        An open source.
    clock
        Engine time, to know how long to read.
    """

    def __init__(self, source: ImuSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._t_ns: list[NDArray[np.int64]] = []
        self._acc_mps2: list[NDArray[np.float32]] = []

    @property
    def resolution_s(self) -> float:
        """Sampling period of the sensor, s."""
        return 1.0 / self._source.info.rate_hz

    def listen(self, seconds: float) -> None:
        """Read the sensor for so long."""
        end_ns = after(self._clock.now_ns(), seconds)
        while self._clock.now_ns() < end_ns:
            block = self._source.read(READ_S)
            if block is not None:
                self._t_ns.append(block.t_ns)
                self._acc_mps2.append(block.acc_mps2)

    def heard_ns(self) -> list[int]:
        """Return the instants of the samples that a click has shaken."""
        if not self._t_ns:
            return []
        onsets = onsets_in_acceleration(np.concatenate(self._acc_mps2), self._source.info.rate_hz)
        heard: list[int] = np.concatenate(self._t_ns)[onsets].tolist()
        return heard


@contextmanager
def _listener(args: argparse.Namespace, config: RascueConfig, clock: Clock) -> Iterator[Listener]:
    if args.sensor:
        source = service_devices(config, clock)[0][0]
        source.open()
        try:
            yield SensorListener(source, clock)
        finally:
            source.close()
        return
    microphone = Microphone(args.microphone, clock, sleep)
    try:
        yield microphone
    finally:
        microphone.close()
