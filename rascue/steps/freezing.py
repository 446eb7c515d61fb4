"""Freezing of gait at the ankle: a freeze index over half a second, from the acceleration alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rascue.core.types import EngineNs, GaitFlag, GaitSign, ImuBlock, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.kernel_structs import coefficients, fill

WALKING_HZ = (0.5, 3.0)
TREMBLING_HZ = (3.3, 8.0)
"""Locomotor and freeze band. Source: 3 Hz of Moore, MacDougall, Ondo, J Neurosci Methods 167 (2008)
340-348, and 3.5 Hz of later work (FIELD C10) bracket the lower end of the second."""


@dataclass(frozen=True, slots=True)
class FreezeParams:
    """When trembling counts as a freeze; chosen on Daphnet, see docs/detectors.md.

    Parameters
    ----------
    gap_s
        Samples further apart than this start the signal anew.
    memory_s
        Memory of the power in either band; what makes the flag fast.
    raise_ratio, clear_share
        Power of trembling over power of walking, over the same in the person's own walking, that
        raises the flag; part of it below which it is cleared.
    power_min
        Power in both bands together, (m/s2)^2; less is standing.
    hold_s
        So long below before the flag is cleared.
    own_walk_s
        First walking, s, that tells the person's own index, whatever happened in it...
    usual_index, own_index_max
        ...what is taken for it until then, and the highest that is believed.
    """

    gap_s: float = 0.1
    memory_s: float = 0.6
    raise_ratio: float = 2.05
    clear_share: float = 0.74
    power_min: float = 5.0
    hold_s: float = 0.1
    own_walk_s: float = 15.0
    usual_index: float = 0.74
    own_index_max: float = 1.25


DEFAULT_PARAMS = FreezeParams()


class FreezeDetector:
    """Flags freezing of gait from the acceleration of an ankle; any mounting.

    Parameters
    ----------
    info
        What the source says about itself.
    params
        Thresholds.

    Notes
    -----
    1. The acceleration of each axis is filtered into the bands 0.5 to 3 and 3.3 to 8 Hz; the three
       axes are summed, so the mounting does not matter.
    2. The power in each band is a running mean over 0.6 s; their ratio is the index.
    3. The index of the first 15 s of movement is the person's own: legs and shoes differ, and what
       is trembling in one walk is plain walking in another. It is kept over gaps.
    4. Above twice the own index, with enough power to rule out standing, the flag is raised; below
       1.5 times for 0.1 s it is cleared.

    Source: freeze index of Moore (2008), with the power condition of Baechlin et al., IEEE TITB 14
    (2010) 436-446.

    Deviations: filters and running means in place of a spectrum over 4 to 6 s; power is that of all
    axes; a flag with hysteresis; a threshold relative to the person's own walking.
    """

    def __init__(self, info: SourceInfo, params: FreezeParams = DEFAULT_PARAMS) -> None:
        self._source_id = info.source_id
        self._params = fill(ffi.new("freeze_params *"), params)
        self._params.rate_hz = info.rate_hz
        self._state = ffi.new("freeze_state *")
        for k, (low_hz, high_hz) in enumerate((WALKING_HZ, TREMBLING_HZ)):
            high_pass = filters.high_pass(low_hz, info.rate_hz)
            self._state.bands[2 * k] = coefficients(high_pass)[0]
            low_pass = filters.low_pass(high_hz, info.rate_hz)
            self._state.bands[2 * k + 1] = coefficients(low_pass)[0]

    def process(self, block: ImuBlock) -> list[GaitFlag]:
        """Take the next samples; return each change of the flag, with the index as its measure."""
        t_ns = ffi.from_buffer("int64_t[]", np.ascontiguousarray(block.t_ns, np.int64))
        acc = ffi.from_buffer("float[]", np.ascontiguousarray(block.acc_mps2, np.float32))
        reports = ffi.new("report[]", block.n)
        count = lib.freeze_feed(self._state, self._params, block.n, t_ns, acc, reports)
        return [
            GaitFlag(
                EngineNs(r.at_ns),
                EngineNs(r.detected_ns),
                GaitSign.FREEZE,
                bool(r.detail),
                r.confidence,
                self._source_id,
            )
            for r in reports[0:count]
        ]

    def reset(self) -> None:
        """Forget the signal (after a gap)."""
        lib.freeze_restart(self._state)
