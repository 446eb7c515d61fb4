"""The seam every sensor fits: chips over I2C, a worn microcontroller, recordings, simulation."""

from __future__ import annotations

from typing import Protocol

from rascue.core.types import ImuBlock, SourceInfo


class ImuSource(Protocol):
    """A stream of blocks from one IMU, read by one thread.

    A source stamps every sample in engine time from the *sensor's* sample counter through a
    fitted ``ClockMap``, never from the time of arrival. Samples missing between two blocks are
    marked on the very next block (``BlockFlag.GAP_BEFORE``). Values are finite; what is not is
    left out and counts as a gap.
    """

    @property
    def info(self) -> SourceInfo:
        """What is known before the first sample."""
        ...

    def open(self) -> None:
        """Begin to deliver.

        Raises
        ------
        SensorUnavailable
            With the reason and what a person should do.
        """
        ...

    def read(self, timeout_s: float) -> ImuBlock | None:
        """Return the next block, or None when none came within ``timeout_s``.

        Raises
        ------
        EndOfRecording
            When a recording has no more samples.
        SensorUnavailable
            When the sensor is gone; ``open`` may be tried again.
        """
        ...

    def close(self) -> None:
        """Release the device; harmless when called twice."""
        ...


class EndOfRecording(Exception):
    """A recording has no more samples."""
