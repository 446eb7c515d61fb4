"""`rascue calibrate`: how long sound takes from the mixer to a microphone or the worn sensor."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import numpy as np
from numpy.typing import NDArray

from rascue.audio.calibrate import Listener, calibrate
from rascue.audio.latency import onsets_in_acceleration
from rascue.audio.measured import FILE_NAME, MeasuredLatency, remember_measured
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


def carry_out(args: argparse.Namespace) -> int:
    """Play clicks, print and store what was found; refuse what is too unsteady to correct."""
    config = loaded_config(args).config
    clock = HostClock()
    out = audio_out_of(config)
    if not out.capabilities.audible:
        raise WrongUse(f"--audio {config.audio.output}: nobody hears it; choose a sound device")
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
