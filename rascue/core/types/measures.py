"""What follows from contacts: cadence and strides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.types.instants import EngineNs
from rascue.core.types.walking import Side


class CadenceStatus(StrEnum):
    """How far a cadence estimate can be used."""

    STEADY = "steady"
    CHANGING = "changing"
    SPARSE = "sparse"
    """Too few steps yet, or too many rejected; no number is given."""
    STANDING = "standing"
    """No step for longer than a stride should take; no number is given."""


@dataclass(frozen=True, slots=True)
class CadenceEstimate:
    """Steps per minute as known at one instant.

    ``cadence_spm`` and ``sd_spm`` are None while ``status`` is SPARSE or STANDING.
    ``next_ic_ns`` is the predicted instant of the next contact with SD ``next_ic_sd_s``.
    """

    at_ns: EngineNs
    cadence_spm: float | None
    sd_spm: float | None
    n_steps: int
    window_s: float
    status: CadenceStatus
    next_ic_ns: EngineNs | None = None
    next_ic_sd_s: float | None = None


@dataclass(frozen=True, slots=True)
class StrideRecord:
    """One gait cycle, one row for a clinician; None where it was not measured.

    ``double_support_time_s`` is the time with both feet on the ground, twice in a stride, summed.
    """

    side: Side
    bout_id: int
    ic_ns: EngineNs
    next_ic_ns: EngineNs
    stride_time_s: float
    step_time_s: float | None = None
    stance_time_s: float | None = None
    swing_time_s: float | None = None
    beat_index: int | None = None
    asynchrony_s: float | None = None
    relative_phase_deg: float | None = None
    double_support_time_s: float | None = None
