"""Configuration and machine -> facts, each with what is missing or doubtful about it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw
import numpy as np

from rascue import __version__
from rascue.audio.portaudio_stream import library
from rascue.config.models import RascueConfig
from rascue.core.errors import AudioUnavailable, StoreError
from rascue.sensor.choose import SourceKind, SourceSpec, parse_sources
from rascue.sensor.i2c_choose import parse_i2c_spec
from rascue.session.host import boot_id
from rascue.store.database import check_sqlite_version
from rascue.store.location import free_bytes

MOUNTS = Path("/proc/mounts")

KEPT_IN_ORDER = frozenset({"ext4", "f2fs"})
"""File systems on which a commit outlives a power cut. Source: ECOSYSTEM 1.3."""

UNORDERED = "data=writeback"
"""Mount option with which a power cut may leave old blocks in a new file. Source: ext4(5)."""

CLOCK_RESOLUTION_MAX_S = 1e-6
BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found.

    Parameters
    ----------
    subject, text
        What was looked at, and what is there.
    lack
        What is needed and missing, with the remedy, in one line; "" when nothing is.
    doubt
        What works but may surprise, in one line; "" when nothing does.
    """

    subject: str
    text: str
    lack: str = ""
    doubt: str = ""


def device_facts(config: RascueConfig) -> Iterator[Fact]:
    """Yield sensors and sound outputs that are there, and the configured ones that are not."""
    yield _sensor(config)
    yield Fact("I2C buses", _listed(sorted(str(path) for path in Path("/dev").glob("i2c-*"))))
    yield Fact("serial ports", _listed(_serial_ports()))
    yield _sound(config)
    yield _stop_button(config.stop_button.device)


def clock_facts() -> Iterator[Fact]:
    """Yield what is known about the engine's clock."""
    clock = time.get_clock_info("monotonic")
    coarse = clock.resolution > CLOCK_RESOLUTION_MAX_S
    yield Fact(
        "engine time",
        f"{clock.implementation}, resolution {1e9 * clock.resolution:g} ns",
        doubt="the clock is coarse: steps and beats are placed no finer" if coarse else "",
    )
    yield Fact("boot", boot_id())


def disk_facts(data: Path, free_min_mb: int) -> Iterator[Fact]:
    """Yield where sessions go, and how safe and how roomy it is there."""
    existing = next(place for place in (data, *data.absolute().parents) if place.exists())
    writable = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    lack = f"{existing} cannot be written to; choose another folder with --data"
    yield Fact("data folder", str(data), lack="" if writable else lack)
    free_mb = free_bytes(data) // BYTES_PER_MB
    lack = f"{free_mb} MB are free, store.free_min_mb asks for {free_min_mb}; delete old sessions"
    yield Fact("free", f"{free_mb} MB", lack=lack if free_mb < free_min_mb else "")
    yield _file_system(existing.resolve())


def version_facts() -> Iterator[Fact]:
    """Yield the versions that matter when something is reported."""
    yield Fact("rascue", __version__)
    yield Fact("Python", platform.python_version())
    yield Fact("machine", f"{platform.machine()}, {platform.system()} {platform.release()}")
    yield Fact("numpy", np.__version__)
    lack = ""
    try:
        check_sqlite_version()
    except StoreError as error:
        lack = str(error)
    yield Fact("SQLite", apsw.sqlite_lib_version(), lack=lack)


# --- devices -----------------------------------------------------------------------------------


def _sensor(config: RascueConfig) -> Fact:
    specs = parse_sources(config.sensor.source)
    lacks = dict.fromkeys(filter(None, map(_lack_of_source, specs)))
    return Fact("sensor in use", _listed(list(config.sensor.source)), lack="; ".join(lacks))


def _lack_of_source(spec: SourceSpec) -> str:
    if spec.kind is SourceKind.I2C:
        return _lack_of_bus(Path(parse_i2c_spec(spec.argument).bus_path))
    if spec.kind is SourceKind.REPLAY and not Path(spec.argument).is_file():
        return f"{spec.argument}: there is no such recording; check sensor.source"
    return ""


def _lack_of_bus(bus: Path) -> str:
    if not bus.exists():
        return f"{bus} is not there; switch the bus on (deploy/README.md, device settings)"
    if not os.access(bus, os.R_OK | os.W_OK):
        return f"{bus} may not be used; add the user to the group that owns it (i2c)"
    return ""


def _serial_ports() -> list[str]:
    from serial.tools.list_ports import comports

    return sorted(f"{port.device} ({port.description})" for port in comports())


def _sound(config: RascueConfig) -> Fact:
    """Return the outputs that PortAudio knows; they are needed only when one is configured."""
    try:
        sound = library("sound outputs")
    except AudioUnavailable as error:
        found, complaint = "no PortAudio", str(error)
    else:
        names = [
            device["name"] for device in sound.query_devices() if device["max_output_channels"]
        ]
        found, complaint = _listed(names), "" if names else "PortAudio finds no sound output"
    name, _, device = config.audio.output.partition(":")
    if name != "portaudio":
        return Fact("sound outputs", found)
    if not complaint and device and not device.isdigit() and device not in found:
        complaint = f'no sound output is called "{device}"'
    remedy = "plug one in, or choose another with --audio"
    return Fact("sound outputs", found, lack=f"{complaint}; {remedy}" if complaint else "")


def _stop_button(device: str) -> Fact:
    lack = ""
    if device and not os.access(device, os.R_OK):
        lack = f"{device} cannot be read; check the button's cable and the group input"
    doubt = "" if device else "no stop button is set up: only the tablet stops the sound"
    return Fact("stop button", device or "none", lack=lack, doubt=doubt)


def _listed(found: list[str]) -> str:
    return ", ".join(found) or "none"


# --- disk --------------------------------------------------------------------------------------


def _file_system(folder: Path) -> Fact:
    kind, options = mount_of(folder, MOUNTS.read_text("utf-8"))
    doubt = ""
    if kind not in KEPT_IN_ORDER:
        doubt = f"{kind} may lose the last session in a power cut; use ext4 or f2fs"
    elif UNORDERED in options:
        doubt = f"the disk is mounted with {UNORDERED}: a power cut may damage the last session"
    return Fact("file system", f"{kind} ({','.join(options)})", doubt=doubt)


def mount_of(folder: Path, mounts: str) -> tuple[str, list[str]]:
    """Return kind and options of the file system that holds an absolute folder.

    ``mounts`` is the text of /proc/mounts: device, place, kind and options, with spaces in the
    place written as a backslash and 040. Source: fstab(5).
    """
    lines = [line.split(" ") for line in mounts.splitlines()]
    holding = [
        (len(place.parts), kind, options.split(","))
        for _, name, kind, options, *_ in lines
        if (place := Path(name.replace("\\040", " "))) == folder or place in folder.parents
    ]
    # Of two mounts in the same place the later one is seen, so the last of the longest.
    deepest = max((depth for depth, _, _ in holding), default=0)
    found = [(kind, options) for depth, kind, options in holding if depth == deepest]
    return found[-1] if found else ("unknown", [])
