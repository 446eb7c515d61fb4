"""What kind of person walks: one frozen table of numbers, read from TOML.

Sources of the values in ``walkers/*.toml`` and of the defaults here, as far as they were read:

* correction gains: Vorberg and Wing's linear model; magnitudes and the boundary between weak and
  strong synchronisers from FIELD C3 and the table in FIELD C4;
* negative mean asynchrony of footfalls: FIELD 2.6;
* variability of steps, limits of comfortable change, startle: FIELD 2.3, 2.6, 3.1.

Where a comment says "default, not evidence" the number only makes the bench behave plausibly: the
walker is a test bench for the engine, it is no evidence about patients.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from rascue.config.load import read_toml
from rascue.core.errors import ConfigError
from rascue.core.spelling import nearest
from rascue.simulate.shipped import file_of, shipped

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0, le=3600.0)]
Rate = Annotated[float, Field(ge=0.0, le=60.0)]
Cadence = Annotated[float, Field(ge=20.0, le=220.0)]


@dataclass(frozen=True, slots=True)
class WalkerParams:
    """A simulated person; every key may stand in a walker file, the first three must.

    Parameters
    ----------
    name, description
        For tables and pages.
    preferred_spm
        Cadence without any cue, steps/min.
    phase_gain, period_gain
        Share of an asynchrony that is corrected at the next step (alpha), and that changes the
        timekeeper for good (beta). 0 and 0 is a person who cannot follow a beat.
    timekeeper_sd_ratio, motor_sd_s
        Scatter of the central interval (share of it) and of each contact (s).
    wander_sd_ratio, wander_steps
        Slow drift of the tempo: SD (share of the interval) and memory (steps).
    mean_asynchrony_s
        Where the person puts a step against the beat, s; negative is before it.
    correction_max_ratio
        Largest change of one step for the sake of a beat, share of the interval.
    engage_beats
        Beats heard before the person begins to follow.
    beat_every
        Takes only every so many-th beat as its own (2: one leg walks to the beat).
    ignore_probability
        Chance that a beat goes unnoticed.
    cadence_min_spm, cadence_max_spm
        Range of cadences the person can walk, steps/min.
    strain_gain
        Growth of all scatter per unit of (beat tempo / cadence_max - 1) while it is positive.
    asymmetry_ratio
        (left step time - right step time) / their mean; positive: the left step takes longer.
    asymmetry_learning
        Share of the difference to the beats' own asymmetry that is learned per cued stride.
    vigor
        Size of the movement against the recordings the shapes come from.
    start_delay_s, stop_every_s, stop_s, turn_every_s, turn_s
        Standing at first; stops and turns at about these intervals (0: never) and their length.
    fatigue_ratio_per_min
        Growth of the interval and of all scatter per minute of walking.
    carry_over_ratio, carry_over_s
        Share of a change of tempo that stays when the cue ends, and the time constant of the
        return of the rest.
    freeze_per_min, freeze_s, freeze_release_per_beat
        Freezing: rate while walking (five times that in turns and at starts), mean length, and
        chance that a beat heard in a freeze ends it.
    festination_per_min, festination_ratio_per_step, festination_release_per_beat
        Hurried small steps: rate, shortening of each further step, chance that a beat ends it.
    stumble_per_step
        Chance of a stumble that nothing provoked.
    startle_ratio, startle_probability
        A beat interval that differs from the one before by more than this share makes the person
        stumble with this chance.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    description: str
    preferred_spm: Cadence
    phase_gain: Ratio = 0.0
    period_gain: Ratio = 0.0
    timekeeper_sd_ratio: Annotated[float, Field(ge=0.0, le=0.2)] = 0.015
    motor_sd_s: Annotated[float, Field(ge=0.0, le=0.1)] = 0.006
    wander_sd_ratio: Annotated[float, Field(ge=0.0, le=0.2)] = 0.005
    wander_steps: Annotated[float, Field(gt=0.0, le=1000.0)] = 40.0
    mean_asynchrony_s: Annotated[float, Field(ge=-0.2, le=0.2)] = -0.03
    correction_max_ratio: Annotated[float, Field(gt=0.0, le=0.5)] = 0.15
    engage_beats: Annotated[int, Field(ge=0, le=50)] = 4
    beat_every: Annotated[int, Field(ge=1, le=4)] = 1
    ignore_probability: Ratio = 0.02
    cadence_min_spm: Cadence = 50.0
    cadence_max_spm: Cadence = 150.0
    strain_gain: Annotated[float, Field(ge=0.0, le=50.0)] = 5.0
    asymmetry_ratio: Annotated[float, Field(gt=-1.0, lt=1.0)] = 0.0
    asymmetry_learning: Ratio = 0.0
    vigor: Annotated[float, Field(gt=0.0, le=2.0)] = 1.0
    start_delay_s: Seconds = 2.0
    stop_every_s: Seconds = 0.0
    stop_s: Seconds = 6.0
    turn_every_s: Seconds = 0.0
    turn_s: Annotated[float, Field(ge=1.0, le=30.0)] = 3.0
    fatigue_ratio_per_min: Annotated[float, Field(ge=0.0, le=0.2)] = 0.0
    carry_over_ratio: Ratio = 0.3
    carry_over_s: Annotated[float, Field(gt=0.0, le=3600.0)] = 20.0
    freeze_per_min: Rate = 0.0
    freeze_s: Annotated[float, Field(gt=0.0, le=120.0)] = 4.0
    freeze_release_per_beat: Ratio = 0.15
    festination_per_min: Rate = 0.0
    festination_ratio_per_step: Annotated[float, Field(ge=0.0, le=0.2)] = 0.03
    festination_release_per_beat: Ratio = 0.15
    stumble_per_step: Ratio = 0.0
    startle_ratio: Annotated[float, Field(gt=0.0, le=1.0)] = 0.1
    startle_probability: Ratio = 0.2

    def __post_init__(self) -> None:
        if not self.cadence_min_spm <= self.preferred_spm <= self.cadence_max_spm:
            raise ValueError(
                f"preferred_spm = {self.preferred_spm:g} must lie between cadence_min_spm = "
                f"{self.cadence_min_spm:g} and cadence_max_spm = {self.cadence_max_spm:g}"
            )


_ADAPTER = TypeAdapter(WalkerParams)


def walker_from_dict(table: dict[str, Any], where: str) -> WalkerParams:
    """Return the walker in a table as read from TOML.

    Raises
    ------
    ConfigError
        One line that begins with ``where`` and names the key, its value and what is allowed.
    """
    try:
        return _ADAPTER.validate_python(table)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{where}: {_one_line(first['loc'], first['msg'], table)}") from None


def shipped_walkers() -> dict[str, Path]:
    """Return the walkers that come with the package: name -> file, in order of names."""
    return shipped("walkers")


def load_walker(name_or_path: str) -> WalkerParams:
    """Return a shipped walker by name, or one from a TOML file.

    Raises
    ------
    WrongUse
        When there is neither; the line names all shipped ones.
    ConfigError
        When the file holds something that is not accepted.
    """
    path = file_of("walker", "walkers", name_or_path)
    return walker_from_dict(read_toml(path), str(path))


def _one_line(loc: tuple[int | str, ...], message: str, table: dict[str, Any]) -> str:
    key = str(loc[0]) if loc else ""
    if not key:
        return message.removeprefix("Value error, ")
    known = [field.name for field in fields(WalkerParams)]
    if key not in known:
        return f'unknown key "{key}"{nearest(key, known)}'
    if key not in table:
        return f'key "{key}" is missing; add it'
    return f'key "{key}" = {table[key]!r} is not accepted: {message.lower()}'
