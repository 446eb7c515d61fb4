"""How much sound a person's ears have had: level and time to a share of what a week allows. Pure.

Sources: WHO-ITU H.870 (2018), mode 1 for adults and mode 2 for children and sensitive people, as
read in AUDIO.md section 8. Equal energy: 3 dB more for half the time. These are engineering notes;
which standard binds a product is for a notified body to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WEEK_H = 40.0
"""Hours a week at the reference level that make up the whole dose. Source: WHO-ITU H.870."""

ADULT_DBA, SENSITIVE_DBA = 80.0, 75.0
"""Reference levels, dB(A). Source: WHO-ITU H.870, modes 1 and 2."""

LOUDEST_DBA = 85.0
"""A calibrated output is never set louder. Source: EN 62368-1 clause 10.6, the level above which a
person must be warned."""

UNCALIBRATED_MAX_DBFS = -12.0
"""Highest peak level of an output whose loudness nobody has measured, dB re full scale. Default,
not evidence: 6 dB below the hard limit; it cannot promise a level at the ear."""

SESSION_SHARE_MAX = 0.2
"""Share of the week's dose for one session: five sessions a week. Default, not evidence."""

SOFT_START_S = 5.0
"""The level rises to the prescribed one within this time after each silence, s. Default."""

SOFT_START_DB = 20.0
"""... from so far below it, dB. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class OutputCalibration:
    """What was measured at the ear on one output chain.

    Parameters
    ----------
    offset_db
        Sound pressure level at the ear, dB(A), of the calibration sound minus its level in the
        stream, dBFS; valid for one setting of the amplifier.
    """

    offset_db: float

    def dba(self, level_dbfs: float) -> float:
        """Return the level at the ear, dB(A)."""
        return level_dbfs + self.offset_db


def level_max_dbfs(calibration: OutputCalibration | None, limit_dbfs: float) -> float:
    """Return the highest peak level to use, dBFS; never above ``limit_dbfs``.

    Parameters
    ----------
    calibration
        None: nobody has measured the output; a conservative cap is taken.
    limit_dbfs
        The limit in force (R2).
    """
    if calibration is None:
        return min(limit_dbfs, UNCALIBRATED_MAX_DBFS)
    return min(limit_dbfs, LOUDEST_DBA - calibration.offset_db)


def allowed_h_per_week(level_dba: float, reference_dba: float = ADULT_DBA) -> float:
    """Return for how many hours a week a level may be heard, h."""
    return float(WEEK_H * 10.0 ** ((reference_dba - level_dba) / 10.0))


def equal_energy_dba(levels_dba: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the steady level with the energy of several parts.

    Parameters
    ----------
    levels_dba, seconds
        Level and length of each part; parts of silence have minus infinity.

    Returns
    -------
    float
        dB(A); minus infinity where there was no sound or no time.
    """
    whole_s = sum(seconds)
    energy = sum(s * 10.0 ** (level / 10.0) for level, s in zip(levels_dba, seconds, strict=True))
    return 10.0 * math.log10(energy / whole_s) if energy > 0 and whole_s > 0 else -math.inf


@dataclass(frozen=True, slots=True)
class HearingDose:
    """What ears have had within a week, as a share of what the week allows: 1 is all of it.

    Parameters
    ----------
    share
        0 at the beginning of a week.
    reference_dba
        ``ADULT_DBA``, or ``SENSITIVE_DBA`` for children and people with sensitive ears.
    """

    share: float = 0.0
    reference_dba: float = ADULT_DBA

    def after(self, level_dba: float, seconds: float) -> HearingDose:
        """Return the dose after more sound.

        Parameters
        ----------
        level_dba
            Equal-energy level of what was heard, dB(A); minus infinity for silence.
        seconds
            How long, s, not negative.
        """
        more = seconds / 3600.0 / allowed_h_per_week(level_dba, self.reference_dba)
        return HearingDose(self.share + more, self.reference_dba)

    @property
    def used_up(self) -> bool:
        """Whether the week's dose is spent."""
        return self.share >= 1.0

    def allows_more(self, at_session_start: HearingDose) -> bool:
        """Return whether the session that began with another dose may go on with sound."""
        return not self.used_up and self.share - at_session_start.share < SESSION_SHARE_MAX


def soft_start_dbfs(level_dbfs: float, since_silence_s: float) -> float:
    """Return the level at a time after the sound began: lower at first, then the given one.

    Parameters
    ----------
    level_dbfs
        The level to reach.
    since_silence_s
        Time since the first beat after a silence, s, not negative.
    """
    still_to_go = 1.0 - min(since_silence_s / SOFT_START_S, 1.0)
    return level_dbfs - SOFT_START_DB * still_to_go
