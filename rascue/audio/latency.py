"""Calibration of the way from the mixer to the ear: clicks that were played and heard -> latency.

The clicks may be heard by a microphone or line input (``onsets_in_sound``) or by the worn sensor,
held to the loudspeaker (``onsets_in_acceleration``); the latter ties sound to sensor time, which is
what synchrony is measured in. Pure functions; nothing is played here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.audio.sounds import render
from rascue.core.clock import NS_PER_S
from rascue.core.errors import RascueError
from rascue.core.types import DacFrame

CLICK = "click"
N_CLICKS = 20
"""Source: AUDIO.md section 5, 3."""

SHORTEST_GAP_S, LONGEST_GAP_S = 0.4, 0.8
"""Gaps between the clicks, s; default, not evidence. They differ, so that a click taken for another
shows as spread instead of as a wrong latency."""

LONGEST_LATENCY_S = 0.4
"""Longest latency looked for, s: Bluetooth needs up to 0.25 s (AUDIO.md section 5)."""

WIDEST_IQR_S = 2e-3
"""Wider spread is refused, s. Source: AUDIO.md section 5, 3."""

LEAST_HEARD = 0.7
"""Share of the clicks that must be heard; default, not evidence."""

ONSET_MADS = 12.0
"""A click stands out of the noise by so many of its median absolute deviations; default."""

ONSET_SHARE = 0.3
"""... and reaches this share of the loudest one; default, not evidence."""

PEAK_S = 0.03
"""The best fit of a click lies within this time of the first rise, s: its length."""

DEAD_S = 0.15
"""After an onset nothing is looked for, s: echoes; default, not evidence."""


@dataclass(frozen=True, slots=True)
class Latency:
    """What a calibration found.

    Parameters
    ----------
    latency_s
        Median time from a frame leaving the mixer to the click being heard, s.
    iqr_s
        Interquartile range of that time, s; what the listener's sampling adds is included.
    n_heard, n_played
        Clicks that were heard, of those played.
    """

    latency_s: float
    iqr_s: float
    n_heard: int
    n_played: int


def click_frames(first: DacFrame, rate_hz: int, seed: int) -> list[DacFrame]:
    """Return the frames at which to play the clicks of a calibration.

    Parameters
    ----------
    first
        Frame of the first click.
    rate_hz
        Frames per second.
    seed
        Chooses the gaps.
    """
    gaps_s = np.random.default_rng(seed).uniform(SHORTEST_GAP_S, LONGEST_GAP_S, N_CLICKS - 1)
    steps = np.concatenate([[0], np.rint(gaps_s * rate_hz).astype(np.int64)])
    return [DacFrame(frame) for frame in (first + np.cumsum(steps)).tolist()]


def onsets_in_sound(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.int64]:
    """Return the sample numbers at which a click begins in a recording.

    Parameters
    ----------
    samples
        float32 (n,), one channel of the recording.
    rate_hz
        Its sampling rate, Hz.

    Notes
    -----
    The recording is correlated with the click (a matched filter) and the envelope of the result
    searched for peaks; the first sample of the click is where it fits best.
    """
    click = render(CLICK, accent=False, rate_hz=rate_hz)
    length = 1 << (len(samples) + len(click)).bit_length()
    spectrum = np.fft.rfft(samples, length) * np.conj(np.fft.rfft(click, length))
    fit = np.abs(np.fft.irfft(spectrum, length)[: len(samples)])
    width = round(PEAK_S * rate_hz)
    rises = _rises(fit, rate_hz)
    return np.array([rise + int(np.argmax(fit[rise : rise + width])) for rise in rises], np.int64)


def onsets_in_acceleration(acc_mps2: NDArray[np.float32], rate_hz: float) -> NDArray[np.int64]:
    """Return the sample numbers at which the sensor is shaken by a click.

    Parameters
    ----------
    acc_mps2
        float32 (n, 3), specific force while the sensor is held to the loudspeaker.
    rate_hz
        Its sampling rate, Hz.

    Notes
    -----
    Gravity and slow movement of the hand fall out by taking the change from sample to sample.
    """
    change = np.linalg.norm(np.diff(acc_mps2.astype(np.float64), axis=0), axis=1)
    return np.array(_rises(np.concatenate([[0.0], change]), rate_hz), np.int64)


def latency_from(
    played_ns: Sequence[int], heard_ns: Sequence[int], resolution_s: float = 0.0
) -> Latency:
    """Return the latency that explains when the clicks were heard.

    Parameters
    ----------
    played_ns
        Engine time at which each click left the mixer, by the output's clock map.
    heard_ns
        Engine time of the samples found by ``onsets_in_sound`` or ``onsets_in_acceleration``.
    resolution_s
        Sampling period of the listener where it is coarse, s; the click lies up to this long
        before the sample that shows it, on average half of it.

    Raises
    ------
    RascueError
        When too few clicks were heard or their latencies scatter too much to be used.
    """
    delays_s = _delays_s(np.array(played_ns), np.array(heard_ns)) - resolution_s / 2
    if len(delays_s) < LEAST_HEARD * len(played_ns):
        raise RascueError(
            f"calibration: {len(delays_s)} of {len(played_ns)} clicks were heard, too few; "
            "bring microphone or sensor nearer, or play louder"
        )
    iqr_s = float(np.quantile(delays_s, 0.75) - np.quantile(delays_s, 0.25))
    # Spread evenly over the resolution, the sampling alone has an IQR of half of it; with 20 clicks
    # that may well be three quarters.
    if iqr_s > WIDEST_IQR_S + resolution_s * 0.75:
        raise RascueError(
            f"calibration: the latency scatters by {1000 * iqr_s:.1f} ms, too much to be "
            "corrected; use a wired output and keep the room quiet"
        )
    return Latency(float(np.median(delays_s)), iqr_s, len(delays_s), len(played_ns))


def _delays_s(played_ns: NDArray[np.int64], heard_ns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the time from each click to the first onset after it, where there is one."""
    following = np.searchsorted(heard_ns, played_ns)
    matched = following < len(heard_ns)
    delays_s = (heard_ns[following[matched]] - played_ns[matched]) / NS_PER_S
    return delays_s[delays_s <= LONGEST_LATENCY_S]


def _rises(strength: NDArray[np.float64], rate_hz: float) -> list[int]:
    """Return where the strength comes out of the noise after having been in it."""
    typical = float(np.median(strength))
    noise = float(np.median(np.abs(strength - typical)))
    threshold = max(typical + ONSET_MADS * noise, ONSET_SHARE * float(strength.max()))
    dead = round(DEAD_S * rate_hz)
    rises: list[int] = []
    for above in np.flatnonzero(strength > threshold).tolist():
        if not rises or above - rises[-1] >= dead:
            rises.append(above)
    return rises
