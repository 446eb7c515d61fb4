"""How much sound a person's ears have had: level and time to a share of what a week allows. Pure.

Sources: WHO-ITU H.870 (2018), mode 1 for adults and mode 2 for children and sensitive people, as
read in AUDIO.md section 8. Equal energy: 3 dB more for half the time. These are engineering notes;
which standard binds a product is for a notified body to say.
"""

from __future__ import annotations

import math

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

UNCALIBRATED_OFFSET_DB = 110.0
"""What an output that nobody has measured is taken for, dB(A) at the ear over dBFS. Source: a
player with its headphones may reach 100 dB(A) with the noise of EN 50332-1 (AUDIO.md section 8);
that noise is taken to lie 10 dB below a full-scale tone. An amplifier may be louder."""

SESSION_SHARE_MAX = 0.2
"""Share of the week's dose for one session: five sessions a week. Default, not evidence."""

SOFT_START_S = 3.0
"""The level rises to the prescribed one within this time after each silence, s. Default."""

SOFT_START_DB = 12.0
"""... from so far below it, dB. Default, not evidence: a cue that comes to help somebody over a
halt must be heard at once."""


def level_max_dbfs(offset_db: float | None, limit_dbfs: float) -> float:
    """Return the highest peak level to use, dBFS; never above ``limit_dbfs``.

    Parameters
    ----------
    offset_db
        Level at the ear, dB(A), minus level in the stream, dBFS, as somebody measured it; None
        where nobody has: a conservative cap is taken.
    limit_dbfs
        The limit in force (R2).
    """
    if offset_db is None:
        return min(limit_dbfs, UNCALIBRATED_MAX_DBFS)
    return min(limit_dbfs, LOUDEST_DBA - offset_db)


def allowed_h_per_week(level_dba: float, reference_dba: float = ADULT_DBA) -> float:
    """Return for how many hours a week a level may be heard, h."""
    return float(WEEK_H * 10.0 ** ((reference_dba - level_dba) / 10.0))


def share_of_week(tone_s: float, level_dba: float, reference_dba: float = ADULT_DBA) -> float:
    """Return which share of the week's dose a sound uses; 1 is all of it.

    Parameters
    ----------
    tone_s
        Its energy as seconds of a tone (``exposure.beat_tone_s``).
    level_dba
        Level of that tone at the ear, dB(A); minus infinity for silence.
    reference_dba
        ``ADULT_DBA``, or ``SENSITIVE_DBA`` for children and people with sensitive ears.
    """
    return tone_s / 3600.0 / allowed_h_per_week(level_dba, reference_dba)


def level_that_lasts_dba(
    share_left: float, tone_s: float, reference_dba: float = ADULT_DBA
) -> float:
    """Return at which level a sound uses exactly what is left of the dose, dB(A).

    Parameters
    ----------
    share_left
        Share of the week's dose that may still be used.
    tone_s
        Energy of all the sound that is still to come, as seconds of a tone at its level.

    Returns
    -------
    float
        Minus infinity when nothing is left, infinity when no sound is to come.
    """
    if share_left <= 0:
        return -math.inf
    if tone_s <= 0:
        return math.inf
    return reference_dba + 10.0 * math.log10(share_left * WEEK_H * 3600.0 / tone_s)


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
