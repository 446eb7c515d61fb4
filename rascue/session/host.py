"""The machine the engine runs on: its clock, its identity, its priorities.

The only module of the engine that reads the clock or the operating system's random source.
"""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import socket
import time
import uuid
from pathlib import Path

from rascue.core.types import EngineNs


class HostClock:
    """Engine time as CLOCK_MONOTONIC tells it."""

    def now_ns(self) -> EngineNs:
        """Return the present instant."""
        return EngineNs(time.monotonic_ns())


def boot_id() -> str:
    """Return what tells this start of the machine from all others; "unknown" elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"


def new_session_id() -> str:
    """Return a globally unique id that sorts by time (UUID version 7, RFC 9562 section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def utc_s() -> int:
    """Return Unix time, s."""
    return time.time_ns() // 1_000_000_000


def calm_the_interpreter() -> None:
    """Keep the garbage collector from interrupting the main loop.

    Objects made so far are never collected, young ones by ``collect_between``. Memory is not
    locked: that would make every mapped page resident; the only thread with a deadline in
    milliseconds is the C callback, which touches its few pages all the time.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


def collect_between() -> None:
    """Collect young garbage; called between two turns of the main loop."""
    gc.collect(1)


def notify_service_manager(message: str) -> None:
    """Send one line to systemd ("READY=1", "WATCHDOG=1"); without systemd do nothing.

    Source: sd_notify(3), "Notes": one datagram to the socket named in NOTIFY_SOCKET.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(message.encode(), address)
