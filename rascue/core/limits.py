"""The envelope no cue may leave (R2), in three nested sets: hard >= device >= prescription."""

from __future__ import annotations

from dataclasses import dataclass, fields

from rascue.core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class CueLimits:
    """Bounds on what a cue may ask of a person.

    Parameters
    ----------
    cadence_min_spm, cadence_max_spm
        Range of the cue's tempo, steps/min.
    rate_max_spm_per_s
        Fastest change of tempo, steps/min per s.
    change_max_ratio_per_beat
        Largest change of the interval from one beat to the next, as a share of it.
    phase_step_max_ratio
        Largest shift of one beat against the pulse, as a share of the interval, while walking.
    distance_max_ratio
        Largest distance of the cue from the person's own cadence, as a share of that cadence.
    interval_min_s
        Shortest time between two beats, s.
    level_max_dbfs
        Highest peak level of a beat, dB re full scale.
    level_rise_max_db_per_s
        Fastest rise of the level, dB/s.
    without_steps_max_s
        Longest cueing without a detected step before the cue fades, s.
    hold_max_s
        Longest time a tempo is held after information was lost before the cue fades, s.
    fade_s
        Length of such a fade, s.
    cued_part_max_s
        Longest cued part of a session, s.
    session_max_s
        Longest session, s.
    """

    cadence_min_spm: float
    cadence_max_spm: float
    rate_max_spm_per_s: float
    change_max_ratio_per_beat: float
    phase_step_max_ratio: float
    distance_max_ratio: float
    interval_min_s: float
    level_max_dbfs: float
    level_rise_max_db_per_s: float
    without_steps_max_s: float
    hold_max_s: float
    fade_s: float
    cued_part_max_s: float
    session_max_s: float


HARD_LIMITS = CueLimits(
    # Range of published closed-loop cues is 40-240 beats/min (FIELD [33]); walking cadence of
    # Mobilise-D is 40-172.9 steps/min (FIELD [95]). 30-180 encloses it: default, not evidence.
    cadence_min_spm=30.0,
    cadence_max_spm=180.0,
    # Default, not evidence.
    rate_max_spm_per_s=2.0,
    # Tempo changes up to 3 % stay below the threshold of notice of about 4 % (FIELD [21]).
    change_max_ratio_per_beat=0.03,
    # Posture recovers later than footfalls after a phase jump (FIELD [90]); the figure itself is
    # a default, not evidence.
    phase_step_max_ratio=0.05,
    # Default, not evidence.
    distance_max_ratio=0.25,
    # 0.14 s is the shortest plausible step (FIELD [95]); 0.25 s: default, not evidence.
    interval_min_s=0.25,
    # Full scale minus headroom for two overlapping beats; the level at the ear depends on the
    # output chain and is calibrated there. Default, not evidence.
    level_max_dbfs=-6.0,
    # Default, not evidence.
    level_rise_max_db_per_s=12.0,
    without_steps_max_s=10.0,  # default, not evidence
    hold_max_s=10.0,  # default, not evidence
    fade_s=4.0,  # default, not evidence
    # RAS is practised in parts of 20-45 min (FIELD [59]); 30 min: default, not evidence.
    cued_part_max_s=1800.0,
    session_max_s=5400.0,  # default, not evidence
)

STOP_WITHIN_S = 0.2
"""R1: longest time from a stop command to silence, s. Source: ARCHITECTURE section 10."""

_LOWER_BOUNDS = frozenset({"cadence_min_spm", "interval_min_s"})


def tightened(outer: CueLimits, inner: CueLimits, inner_name: str) -> CueLimits:
    """Return ``inner`` if it lies within ``outer`` everywhere.

    Raises
    ------
    ConfigError
        When a bound of ``inner`` is wider than that of ``outer``; it is refused, not clipped.
    """
    for item in fields(CueLimits):
        allowed, asked = getattr(outer, item.name), getattr(inner, item.name)
        wider = asked < allowed if item.name in _LOWER_BOUNDS else asked > allowed
        if wider:
            word = "at least" if item.name in _LOWER_BOUNDS else "at most"
            raise ConfigError(
                f"{inner_name}: {item.name} = {asked:g} is wider than allowed; "
                f"it must be {word} {allowed:g}"
            )
    return inner
