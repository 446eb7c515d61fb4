"""A scenario is data: who walks, to which programme, with which devices, and what must come of it.

Read from TOML; ``scenarios/*.toml`` ship with the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field

from rascue.config.load import read_toml, validated
from rascue.config.models import Section
from rascue.config.program import find_program, program_from_dict
from rascue.core.types import Placement, SessionProgram
from rascue.simulate.shipped import file_of, shipped
from rascue.simulate.virtual_imu import ImuParams
from rascue.simulate.walker_params import WalkerParams, load_walker, walker_from_dict


class FaultKind(StrEnum):
    """What may happen to a simulated device."""

    SENSOR_GAP = "sensor_gap"
    """Samples are lost; the next block says so."""
    SENSOR_LOST = "sensor_lost"
    """The sensor cannot be reached."""
    AUDIO_LOST = "audio_lost"
    """The sound output is gone."""


class DeviceFault(Section):
    """[[fault]]: a device fails during ``[at_s, at_s + for_s)`` of the scenario."""

    kind: FaultKind
    at_s: float = Field(ge=0)
    for_s: float = Field(gt=0)

    def covers(self, at_s: float) -> bool:
        """Return whether the device fails at this time."""
        return self.at_s <= at_s < self.at_s + self.for_s


class Check(Section):
    """[[check]]: what must come of it; ``rascue.simulate.figures.checks`` holds the kinds."""

    kind: str
    value: float | str = 0.0


class AudioSection(Section):
    """[audio]: the simulated sound output.

    ``latency_error_s`` is by how much the sound really comes later than the engine believes.
    """

    drift_ppm: float = Field(default=60.0, ge=-500, le=500)
    latency_s: float = Field(default=0.03, ge=0, le=1)
    latency_error_s: float = Field(default=0.0, ge=-0.2, le=0.2)


class ScenarioModel(Section):
    """A scenario file."""

    title: str = Field(min_length=1, max_length=120)
    description: str = ""
    duration_s: float = Field(gt=0, le=86_400)
    program: str | dict[str, Any]
    walker: str | dict[str, Any]
    placements: tuple[Placement, ...] = Field(default=(Placement.LOWER_BACK,), min_length=1)
    rate_hz: float = Field(default=100.0, ge=20, le=1000)
    imu: ImuParams = ImuParams()
    audio: AudioSection = AudioSection()
    fault: tuple[DeviceFault, ...] = ()
    check: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario with its programme and walker found; fields as in the file."""

    name: str
    title: str
    duration_s: float
    program: SessionProgram
    walker: WalkerParams
    placements: tuple[Placement, ...]
    rate_hz: float
    imu: ImuParams
    audio: AudioSection
    faults: tuple[DeviceFault, ...]
    checks: tuple[Check, ...]

    @property
    def policy(self) -> str:
        """Name of the first cue strategy of the programme; "" when there is no cue."""
        return next((step.strategy for step in self.program.steps if step.strategy), "")


def shipped_scenarios() -> dict[str, Path]:
    """Return the scenarios that come with the package: name -> file, in order of names."""
    return shipped("scenarios")


def load_scenario(name_or_path: str) -> Scenario:
    """Return a shipped scenario by name, or one from a TOML file.

    Raises
    ------
    WrongUse
        When there is neither; the line names all shipped ones.
    ConfigError
        When the file holds something that is not accepted.
    """
    path = file_of("scenario", "scenarios", name_or_path)
    return scenario_from_dict(read_toml(path), path.stem, str(path))


def scenario_from_dict(table: dict[str, Any], name: str, where: str) -> Scenario:
    """Return the scenario in a table as read from TOML; errors as ``load_scenario``."""
    model = validated(ScenarioModel, table, where)
    program = model.program
    walker = model.walker
    return Scenario(
        name=name,
        title=model.title,
        duration_s=model.duration_s,
        program=find_program(program)
        if isinstance(program, str)
        else program_from_dict(program, f"{where}, section [program]"),
        walker=load_walker(walker)
        if isinstance(walker, str)
        else walker_from_dict(walker, f"{where}, section [walker]"),
        placements=model.placements,
        rate_hz=model.rate_hz,
        imu=model.imu,
        audio=model.audio,
        faults=model.fault,
        checks=model.check,
    )
