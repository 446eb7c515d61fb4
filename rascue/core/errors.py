"""Exceptions that cross a border; everything else is a programming error.

RascueError                      one line a person can act on; the command line prints it, exit 1
+-- WrongUse                     the call itself is wrong; exit 2
|   +-- ConfigError              configuration or programme file: section, key, value, range
+-- RecordingError               a recording cannot be read: which file, where, what is wrong
+-- DeviceUnavailable            a device cannot be used; carries a reason that says what to do
|   +-- SensorUnavailable
|   +-- AudioUnavailable
+-- StoreError                   a session file or the clinic file cannot be written or read
+-- LinkError                    the engine does not answer, or speaks another version
"""

from __future__ import annotations

from enum import Enum


class RascueError(Exception):
    """A failure with one line for a person: what is wrong, where, and what to do."""

    exit_status = 1


class WrongUse(RascueError):
    """A call or an option that cannot be carried out as given."""

    exit_status = 2


class ConfigError(WrongUse):
    """A value in a configuration or programme file that is not accepted."""


class RecordingError(RascueError):
    """A recording that cannot be used."""


class UnavailableReason(Enum):
    """Why a device cannot be used; the value is what the person should do."""

    NOT_FOUND = "check that it is plugged in and that its name is spelled as `rascue check` shows"
    NO_ACK = "check the wiring and the address"
    NO_PERMISSION = "add the user to the group that owns the device (i2c, dialout or audio)"
    BUSY = "close the other program that uses it"
    WRONG_DEVICE = "another chip answered at this address; check the configuration"
    REFUSED_FORMAT = "choose another sampling rate or block size in the configuration"
    NO_DRIVER = "install the system package named in the README"


class DeviceUnavailable(RascueError):
    """A device that cannot be used now."""

    def __init__(self, device: str, reason: UnavailableReason, detail: str = "") -> None:
        self.device = device
        self.reason = reason
        shown = f" ({detail})" if detail else ""
        super().__init__(f"{device} is not available{shown}: {reason.value}")


class SensorUnavailable(DeviceUnavailable):
    """A sensor that cannot be used now."""


class AudioUnavailable(DeviceUnavailable):
    """A sound output that cannot be used now."""


class StoreError(RascueError):
    """A file of sessions or people that cannot be written or read."""


class LinkError(RascueError):
    """The connection between dashboard and engine failed."""
