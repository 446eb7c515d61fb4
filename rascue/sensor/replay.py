"""A recording as a source of blocks: as fast as it is read, or paced by a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rascue.core.clock import Clock, seconds_between
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, SourceInfo
from rascue.sensor.base import EndOfRecording
from rascue.sensor.recording import Recording

BLOCK_S = 0.1
"""Length of a block unless told otherwise: the order of what a FIFO hands over at a time."""

FROM_ZERO = EngineNs(0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Plays a recording at the speed of a clock; ``sleep`` waits for a number of seconds."""

    clock: Clock
    sleep: Callable[[float], None]


def blocks(
    recording: Recording, block_samples: int, start_ns: EngineNs = FROM_ZERO
) -> Iterator[ImuBlock]:
    """Yield a recording in blocks of at most ``block_samples``; a gap starts a new block.

    Parameters
    ----------
    start_ns
        Engine time of the first sample.
    """
    cuts = _cuts(recording, block_samples)
    for seq, (start, stop) in enumerate(pairwise(cuts)):
        part = slice(start, stop)
        yield ImuBlock(
            source_id=recording.info.source_id,
            seq=seq,
            t_ns=recording.t_ns[part] + start_ns,
            acc_mps2=recording.acc_mps2[part],
            gyr_dps=recording.gyr_dps[part],
            frame=recording.frame,
            flags=BlockFlag.GAP_BEFORE if recording.gap_before[start] else BlockFlag.NONE,
        )


def _cuts(recording: Recording, block_samples: int) -> list[int]:
    """Return where blocks begin, and the end."""
    n = len(recording.t_ns)
    runs = [0, *np.flatnonzero(recording.gap_before).tolist(), n]
    starts = {start for first, end in pairwise(runs) for start in range(first, end, block_samples)}
    return [*sorted(starts), n]


class ReplaySource:
    """A recording behind the seam of every sensor.

    Parameters
    ----------
    start_ns
        Engine time of the first sample.
    block_s
        Length of a block, s, greater than 0.
    pace
        None hands over the next block at once, whatever the time-out.
    """

    def __init__(
        self,
        recording: Recording,
        start_ns: EngineNs = FROM_ZERO,
        block_s: float = BLOCK_S,
        pace: Pace | None = None,
    ) -> None:
        self._recording = recording
        self._start_ns = start_ns
        self._block_samples = max(1, round(block_s * recording.info.rate_hz))
        self._pace = pace
        self._blocks: Iterator[ImuBlock] = iter(())
        self._next: ImuBlock | None = None

    @property
    def info(self) -> SourceInfo:
        """What the file says about the sensor."""
        return self._recording.info

    def open(self) -> None:
        """Begin at the first sample."""
        self._blocks = blocks(self._recording, self._block_samples, self._start_ns)
        self._next = next(self._blocks, None)

    def read(self, timeout_s: float) -> ImuBlock | None:
        """Return the next block, or None when a paced one is not due within ``timeout_s``.

        Raises
        ------
        EndOfRecording
            After the last block.
        """
        block = self._next
        if block is None:
            raise EndOfRecording
        if self._pace is not None and not self._waited_for(block, self._pace, timeout_s):
            return None
        self._next = next(self._blocks, None)
        return block

    def close(self) -> None:
        """Hold nothing; a closed source has no more samples until it is opened again."""
        self._next = None

    def _waited_for(self, block: ImuBlock, pace: Pace, timeout_s: float) -> bool:
        remaining_s = seconds_between(pace.clock.now_ns(), block.last_ns)
        if remaining_s > 0:
            pace.sleep(min(remaining_s, timeout_s))
        return remaining_s <= timeout_s
