"""Freezing in a session, for sensors at a shank: episodes, time, and the classic freeze index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, GaitFlag, GaitSign, ImuBlock, Placement, SourceInfo
from rascue.export.statistics import Figure
from rascue.store.reader import SessionReader

SHANKS = frozenset({Placement.LEFT_SHANK, Placement.RIGHT_SHANK})

WINDOW_S = 4.0
"""Source: 4 s windows of Baechlin et al., IEEE TITB 14 (2010) 436-446."""

WALKING_HZ, FREEZING_HZ = (0.5, 3.0), (3.0, 8.0)
"""Source: Moore, MacDougall, Ondo, J Neurosci Methods 167 (2008) 340-348."""

POWER_MIN_MPS2_SQUARED = 1.0
"""Mean power in both bands below which a window is rest and says nothing. Default, not evidence."""

WINDOWS_MIN = 10
"""Windows with movement for a median. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class FreezeFigures:
    """Freezing of one session, all shanks together.

    Parameters
    ----------
    n_freezes
        Episodes in which the fast flag was raised.
    freeze_time_percent
        Share of the session in which it was, %.
    freeze_index_median, freeze_index_p95
        Power from 3 to 8 over power from 0.5 to 3 Hz in windows of 4 s with movement; or the
        reason why there is none.
    """

    n_freezes: int
    freeze_time_percent: float
    freeze_index_median: Figure
    freeze_index_p95: Figure


def freeze_figures(reader: SessionReader, duration_s: float) -> FreezeFigures | None:
    """Return the figures of a session; None without a sensor at a shank.

    Notes
    -----
    The fast flag is what the cue listened to (``rascue.steps.freezing``); the index is the number
    known from the literature, and not what it decides by.

    Deviations from Moore: the three axes are summed, so that the mounting does not matter.
    """
    shanks = [info for info in reader.header.sources if info.placement in SHANKS]
    if not shanks:
        return None
    flags = [flag for flag in reader.records(GaitFlag) if flag.sign is GaitSign.FREEZE]
    end_ns = EngineNs(reader.header.anchor_ns + round(duration_s * 1e9))
    spans = list(_frozen_spans(flags, end_ns))
    frozen_s = sum(seconds_between(begin_ns, until_ns) for begin_ns, until_ns in spans)
    indices = np.concatenate([freeze_indices(_samples(reader, info), info.rate_hz)
                              for info in shanks])  # fmt: skip
    return FreezeFigures(
        n_freezes=len(spans),
        freeze_time_percent=round(100.0 * frozen_s / duration_s, 3) if duration_s > 0 else 0.0,
        freeze_index_median=_quantile(indices, 0.5),
        freeze_index_p95=_quantile(indices, 0.95),
    )


def freeze_indices(acc_mps2: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Return the index of each window with movement.

    Parameters
    ----------
    acc_mps2
        (n, 3), evenly sampled.
    """
    size = round(WINDOW_S * rate_hz)
    windows = acc_mps2[: len(acc_mps2) // size * size].reshape(-1, size, 3)
    centered = windows - windows.mean(axis=1, keepdims=True)
    power = 2.0 * (np.abs(np.fft.rfft(centered, axis=1)) ** 2).sum(axis=2) / size**2
    hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate_hz), np.float64)
    walking, freezing = (_band(power, hz, *band) for band in (WALKING_HZ, FREEZING_HZ))
    moved = walking + freezing > POWER_MIN_MPS2_SQUARED
    indices: NDArray[np.float64] = freezing[moved] / walking[moved]
    return indices


def _band(
    power: NDArray[np.float64], hz: NDArray[np.float64], low_hz: float, high_hz: float
) -> NDArray[np.float64]:
    inside: NDArray[np.float64] = power[:, (hz >= low_hz) & (hz < high_hz)].sum(axis=1)
    return inside


def _samples(reader: SessionReader, info: SourceInfo) -> NDArray[np.float64]:
    given = (item for item, _ in reader.inputs() if isinstance(item, ImuBlock))
    parts = [block.acc_mps2 for block in given if block.source_id == info.source_id]
    return np.concatenate([np.empty((0, 3)), *parts])


def _frozen_spans(
    flags: Sequence[GaitFlag], end_ns: EngineNs
) -> Iterator[tuple[EngineNs, EngineNs]]:
    """Yield when the flag of any shank was up; an episode ends when it is down at all of them."""
    up: set[str] = set()
    begin_ns = EngineNs(0)
    for flag in flags:
        was_up = bool(up)
        (up.add if flag.raised else up.discard)(flag.source_id)
        if up and not was_up:
            begin_ns = flag.at_ns
        elif was_up and not up:
            yield begin_ns, flag.at_ns
    if up:
        yield begin_ns, end_ns


def _quantile(indices: NDArray[np.float64], share: float) -> Figure:
    if len(indices) < WINDOWS_MIN:
        return f"not enough movement ({len(indices)} of {WINDOWS_MIN} windows)"
    return round(float(np.quantile(indices, share)), 3)
