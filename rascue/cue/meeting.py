"""Where a cue begins that meets the person. Pure; shared by strategies that lead."""

from __future__ import annotations

from rascue.core.types import CadenceStatus
from rascue.cue.base import CueInput

NEAR_BASELINE_RATIO = 0.05
"""A tempo further from the baseline than this is a start, a turn or a stop. Default."""


def meeting_spm(now: CueInput) -> float | None:
    """Return the person's tempo to begin with, steps/min; None until steps are steady.

    Right after a halt or in a turn a person walks slower than usual; a cue that began there would
    hold the person back, so the tempo is taken near the baseline, once there is one. It is never
    faster than baseline and target: who hurries at this moment is not met there.
    """
    own_spm = now.cadence.cadence_spm
    if own_spm is None or now.cadence.status is not CadenceStatus.STEADY:
        return None
    if now.baseline_spm is None:
        return own_spm
    lowest_spm = now.baseline_spm * (1.0 - NEAR_BASELINE_RATIO)
    highest_spm = now.baseline_spm * (1.0 + NEAR_BASELINE_RATIO)
    return min(max(own_spm, lowest_spm), highest_spm, fastest_prescribed_spm(now, own_spm))


def fastest_prescribed_spm(now: CueInput, own_spm: float) -> float:
    """Return the faster one of target and baseline, steps/min; the own tempo for what is missing.

    No cue that leads goes beyond, whatever the person does (R2).
    """
    return max(now.target_spm or own_spm, now.baseline_spm or own_spm)
