"""What every source of samples must do; a third party runs the suite on its own class.

Subclass ``ImuSourceContract`` in a test module whose name begins with ``Test`` and return a new,
closed source from ``make_source``; pytest then runs each check.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from rascue.core.types import ImuBlock
from rascue.sensor.base import EndOfRecording, ImuSource

READ_TIMEOUT_S = 1.0
_AXES = 3


class ImuSourceContract:
    """Checks of the rules in ``rascue.sensor.base``."""

    blocks_to_read = 50
    """How often a check reads; a recording may end sooner."""

    @abstractmethod
    def make_source(self) -> ImuSource:
        """Return a source that was never opened."""

    def test_info_is_known_before_opening(self) -> None:
        """A name, a rate above 0 and the presence of a gyroscope are known at once."""
        info = self.make_source().info
        _require(bool(info.source_id), "source_id is empty")
        _require(info.rate_hz > 0, "rate_hz is not above 0")

    def test_times_increase_over_all_blocks(self) -> None:
        """No sample is given twice or out of order, within a block or from one to the next."""
        t_ns = np.concatenate([block.t_ns for block in self._read()])
        _require(t_ns.dtype == np.int64, f"t_ns is {t_ns.dtype}, not int64")
        _require(bool((np.diff(t_ns) > 0).all()), "sample times do not strictly increase")

    def test_shapes_and_kinds(self) -> None:
        """Each block holds n >= 1 samples of float32, and a gyroscope only as announced."""
        source = self.make_source()
        for block in self._read(source):
            _require(block.n >= 1, "a block holds no sample")
            _require(block.acc_mps2.shape == (block.n, _AXES), "acc_mps2 is not (n, 3)")
            rows = block.n if source.info.has_gyro else 0
            _require(block.gyr_dps.shape == (rows, _AXES), f"gyr_dps is not ({rows}, 3)")
            for values in (block.acc_mps2, block.gyr_dps):
                _require(values.dtype == np.float32, f"samples are {values.dtype}, not float32")

    def test_values_are_finite(self) -> None:
        """What is not a number is left out by the source, never handed on."""
        for block in self._read():
            finite = np.isfinite(block.acc_mps2).all() and np.isfinite(block.gyr_dps).all()
            _require(bool(finite), f"block {block.seq} holds a value that is not finite")

    def test_blocks_name_their_source_and_count(self) -> None:
        """``source_id`` is that of ``info``; ``seq`` grows by one from block to block."""
        source = self.make_source()
        given = self._read(source)
        _require({block.source_id for block in given} == {source.info.source_id}, "other name")
        steps = np.diff([block.seq for block in given])
        _require(bool((steps == 1).all()), "seq does not count the blocks")

    def test_closing_twice_is_harmless(self) -> None:
        """``close`` may be called again, and before ``open``."""
        source = self.make_source()
        source.close()
        source.open()
        source.close()
        source.close()

    def test_can_be_opened_again(self) -> None:
        """After ``close`` a source delivers anew."""
        source = self.make_source()
        self._read(source)
        self._read(source)

    def _read(self, source: ImuSource | None = None) -> list[ImuBlock]:
        source = source or self.make_source()
        given: list[ImuBlock] = []
        source.open()
        try:
            for _ in range(self.blocks_to_read):
                block = source.read(READ_TIMEOUT_S)
                given += [] if block is None else [block]
        except EndOfRecording:
            pass
        finally:
            source.close()
        _require(len(given) > 0, f"no block in {self.blocks_to_read} reads")
        return given


def _require(condition: bool, text: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Fail with ``text``; unlike an assert it holds under ``python -O`` too."""
    if not condition:
        raise AssertionError(text)
