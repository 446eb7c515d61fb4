"""When contacts make a walk, and when their absence makes standing; the rules are in activity.h."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActivityParams:
    """Rules that open and close a walking bout; all are defaults, not evidence.

    Parameters
    ----------
    standing_after_s
        Without a contact for so long the wearer stands, whatever the rhythm was.
    standing_after_steps
        Without a contact for so many usual intervals the wearer stands...
    standing_min_s
        ...but not sooner than this after the last contact.
    turn_start_dps, turn_end_dps
        Smoothed rate about the vertical above which a walker turns, and below which the turn is
        over; only detectors that measure it use them.
    steps_to_walk
        Contacts in a row that make a walking bout.
    """

    standing_after_s: float = 3.0
    standing_after_steps: float = 2.0
    standing_min_s: float = 1.5
    turn_start_dps: float = 35.0
    turn_end_dps: float = 20.0
    steps_to_walk: int = 2
