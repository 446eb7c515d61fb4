"""Cue sounds, synthesized as damped partials; each begins at its peak.

A sound whose first sample is its largest has an onset that can be placed, and found again in a
recording, to the sample. Runs in the engine's main thread, once per sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rascue.audio.calibration_noise import NOISE, calibration_noise
from rascue.core.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Partial:
    """One damped cosine: frequency as a ratio of the base, share of the peak, time constant.

    One with a delay is a grain: it sounds after the onset and is no part of the peak.
    """

    ratio: float
    share: float
    decay_s: float
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a sound is made of; an accent sounds ``accent_ratio`` higher, not louder."""

    base_hz: float
    accent_ratio: float
    partials: tuple[Partial, ...]


FOURTH, FIFTH = 4 / 3, 3 / 2
"""Pure intervals by which accents are higher."""

LOWER = 8 / 9
"""A pure whole tone: by so much the sound for one of the two sides may be lower."""

GRAVEL_SEED = 20
"""Which stones lie there; chosen so that no grain is louder than the first. Default."""


def gravel_grains() -> tuple[Partial, ...]:
    """Return the stones of one step on gravel: a first crunch, then heel and toe dying away.

    Pitches are spread over three octaves, so that the sound has no tone of its own. Source for the
    idea, grains at random below two envelopes: Cook, Modeling Bill's gait, AES 22nd Conference,
    2002. Densities and times are defaults, chosen without listeners.
    """
    rng = np.random.default_rng(GRAVEL_SEED)
    first = [Partial(float(ratio), 0.1, 0.004) for ratio in rng.uniform(0.5, 3.0, 10)]
    grains = [(delay_s, 0.16) for delay_s in rng.exponential(0.03, 45)]
    grains += [(0.11 + delay_s, 0.08) for delay_s in rng.exponential(0.035, 35)]
    later = [
        Partial(float(rng.uniform(0.5, 4.0)), float(share * rng.uniform()), 0.003, float(delay_s))
        for delay_s, share in grains
    ]
    return (*first, *later)


# Pitches, shares and time constants are defaults, chosen by ear and not evidence. Ratios:
# click      one partial in the range where the ear is most sensitive (2-5 kHz with its accent)
# woodblock  a short hollow bar; ratios chosen by ear
# bell       transverse modes of a free bar, 1 : 2.756 : 5.404 : 8.933.
#            Source: Fletcher and Rossing, The Physics of Musical Instruments, section 2.15
# drum       modes of a circular membrane, zeros of Bessel functions over the first, 2.405.
#            Source: Fletcher and Rossing, section 3.2
RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "click": Recipe(2000.0, FIFTH, (Partial(1.0, 1.0, 0.004),)),
        "woodblock": Recipe(
            820.0,
            FOURTH,
            (Partial(1.0, 0.6, 0.022), Partial(1.58, 0.25, 0.014), Partial(2.83, 0.15, 0.008)),
        ),
        "bell": Recipe(
            784.0,
            FOURTH,
            (
                Partial(1.0, 0.45, 0.16),
                Partial(2.756, 0.3, 0.09),
                Partial(5.404, 0.15, 0.05),
                Partial(8.933, 0.1, 0.03),
            ),
        ),
        "drum": Recipe(
            110.0,
            FIFTH,
            (
                Partial(1.0, 0.4, 0.07),
                Partial(1.593, 0.3, 0.05),
                Partial(2.136, 0.2, 0.035),
                Partial(2.917, 0.1, 0.025),
            ),
        ),
        "gravel": Recipe(1400.0, FOURTH, gravel_grains()),
    }
)

SOUND_NAMES: tuple[str, ...] = tuple(RECIPES)
"""Every name that a programme may ask for."""

DECAYS_KEPT = 7.0
"""A sound ends after so many of its longest time constants, 61 dB below its start."""

TAIL_S = 0.005
"""The last part of a sound goes evenly to zero; default, not evidence."""


@cache
def render(name: str, *, accent: bool, rate_hz: int, lower: bool = False) -> NDArray[np.float32]:
    """Return one sound as samples.

    Parameters
    ----------
    name
        One of ``SOUND_NAMES``, or the noise for calibration, which is softer than the rest.
    accent
        True for the higher variant that marks the first beat of a group.
    rate_hz
        Sampling rate, greater than 0; partials above half of it are left out.
    lower
        True for the variant a whole tone lower, which tells the two sides apart.

    Returns
    -------
    NDArray[np.float32]
        Shape (n,), read-only, peak 1.0 at index 0, no larger sample after it.

    Raises
    ------
    WrongUse
        When there is no sound of that name.

    Notes
    -----
    All cosines begin at phase 0; the peaks of those without a delay fall together on the first
    sample.
    """
    if name == NOISE:
        return calibration_noise(rate_hz)
    recipe = RECIPES.get(name)
    if recipe is None:
        raise WrongUse(f"sound {name!r} does not exist; choose one of {', '.join(SOUND_NAMES)}")
    base_hz = recipe.base_hz * (recipe.accent_ratio if accent else 1.0) * (LOWER if lower else 1.0)
    heard = [part for part in recipe.partials if base_hz * part.ratio < rate_hz / 2]
    length_s = max(part.delay_s + DECAYS_KEPT * part.decay_s for part in heard)
    t_s = np.arange(round(length_s * rate_hz)) / rate_hz
    samples = np.zeros_like(t_s)
    for part in heard:
        began = int(np.searchsorted(t_s, part.delay_s))
        since_s = t_s[began:] - part.delay_s
        phase_rad = 2 * np.pi * base_hz * part.ratio * since_s
        samples[began:] += part.share * np.exp(-since_s / part.decay_s) * np.cos(phase_rad)
    samples /= samples[0]
    samples *= np.clip((t_s[-1] - t_s) / TAIL_S, 0.0, 1.0)
    sound = samples.astype(np.float32)
    sound.setflags(write=False)
    return sound
