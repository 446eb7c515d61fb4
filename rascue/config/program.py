"""Programmes: the prescription as data, TOML on disk <-> ``SessionProgram``."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import Field

from rascue.config.load import read_toml, validated
from rascue.config.models import Section
from rascue.core.errors import ConfigError
from rascue.core.limits import HARD_LIMITS
from rascue.core.spelling import nearest
from rascue.core.types import ProgramStep, SessionProgram, StepKind, Target, TargetKind

CUED_KINDS = frozenset({StepKind.CUED, StepKind.FADE})


class TargetModel(Section):
    """[step.target]: the tempo a block aims at."""

    kind: TargetKind = Field(description="what the numbers mean: steps/min, or % of the baseline")
    value: float = Field(
        gt=0, le=HARD_LIMITS.cadence_max_spm, description="tempo at the beginning of the block"
    )
    end_value: float | None = Field(
        default=None,
        gt=0,
        le=HARD_LIMITS.cadence_max_spm,
        description="tempo at its end, reached evenly; left out = it stays",
    )


class StepModel(Section):
    """[[step]]: one block of a programme."""

    kind: StepKind = Field(description="what the block is for; cued and fade sound a cue")
    duration_s: float = Field(gt=0, le=HARD_LIMITS.session_max_s, description="length, s")
    title: str = Field(default="", description="what the screen says during the block")
    target: TargetModel | None = Field(
        default=None, description="the table [step.target]; needed where there is a cue"
    )
    strategy: str = Field(default="", description="how the cue is led; needed where there is one")
    params: dict[str, float | int | bool | str] = Field(
        default_factory=dict, description="the table [step.params]: settings of the strategy"
    )
    sound: str = Field(default="click", description="what a beat sounds like")
    level_dbfs: float = Field(
        default=-18.0,
        ge=-60,
        le=HARD_LIMITS.level_max_dbfs,
        description="peak level of a beat, dB re full scale",
    )
    end_level_dbfs: float | None = Field(
        default=None,
        ge=-60,
        le=HARD_LIMITS.level_max_dbfs,
        description="level at the end, reached evenly; left out = it stays, a fade falls to -60",
    )
    accent_every: int = Field(
        default=1, ge=1, le=8, description="1 = all beats alike, n = the first of n is accented"
    )
    intensity: float = Field(
        default=0.5, ge=0, le=1, description="how full music is, 0..1; other sounds take no notice"
    )
    end_intensity: float | None = Field(
        default=None, ge=0, le=1, description="at the end, reached evenly; left out = it stays"
    )
    max_rate_spm_per_s: float | None = Field(
        default=None,
        gt=0,
        le=HARD_LIMITS.rate_max_spm_per_s,
        description="slower tempo changes than elsewhere, steps/min per s",
    )


class ProgramModel(Section):
    """A programme file."""

    name: str = Field(
        min_length=1,
        max_length=80,
        pattern=r"^[a-z0-9_]+$",
        description="short name of a-z, 0-9 and _; that of the file",
    )
    version: str = Field(min_length=1, max_length=20, description="raised with every change")
    title: str = Field(min_length=1, max_length=120, description="name for people")
    rationale: str = Field(
        min_length=1, max_length=4000, description="why it is built so, with sources"
    )
    step: tuple[StepModel, ...] = Field(
        min_length=1, max_length=200, description="the tables [[step]], in order"
    )


def program_from_dict(table: dict[str, Any], where: str) -> SessionProgram:
    """Return the programme in a table as read from TOML or JSON.

    Raises
    ------
    ConfigError
        One line that begins with ``where`` and names the key and what is allowed.
    """
    model = validated(ProgramModel, table, where)
    steps = tuple(_step(step, f"{where}: step {k}") for k, step in enumerate(model.step, 1))
    return SessionProgram(model.name, model.version, model.title, model.rationale, steps)


def _step(model: StepModel, where: str) -> ProgramStep:
    cued = model.kind in CUED_KINDS
    if cued and not model.strategy:
        raise ConfigError(f'{where}: a {model.kind} block needs a "strategy"')
    if cued and model.target is None:
        raise ConfigError(f'{where}: a {model.kind} block needs a "target"')
    if not cued and model.strategy:
        raise ConfigError(f'{where}: a {model.kind} block has no cue; remove "strategy"')
    target = Target(**model.target.model_dump()) if model.target else None
    return ProgramStep(**{**model.model_dump(), "target": target})


def program_to_dict(program: SessionProgram) -> dict[str, Any]:
    """Return a programme as a table that ``program_from_dict`` reads back unchanged."""
    steps = [_step_to_dict(step) for step in program.steps]
    return {
        "name": program.name,
        "version": program.version,
        "title": program.title,
        "rationale": program.rationale,
        "step": steps,
    }


def _step_to_dict(step: ProgramStep) -> dict[str, Any]:
    target = step.target
    return {
        "kind": step.kind.value,
        "duration_s": step.duration_s,
        "title": step.title,
        "target": target
        and {"kind": target.kind.value, "value": target.value, "end_value": target.end_value},
        "strategy": step.strategy,
        "params": dict(step.params),
        "sound": step.sound,
        "level_dbfs": step.level_dbfs,
        "end_level_dbfs": step.end_level_dbfs,
        "accent_every": step.accent_every,
        "intensity": step.intensity,
        "end_intensity": step.end_intensity,
        "max_rate_spm_per_s": step.max_rate_spm_per_s,
    }


def load_program(path: Path) -> SessionProgram:
    """Return the programme in a TOML file; ConfigError names file, key and range."""
    return program_from_dict(read_toml(path), str(path))


def shipped_programs() -> dict[str, Path]:
    """Return the programmes that come with the package: name -> file, in order of names."""
    folder = files("rascue.config") / "programs"
    with as_file(folder) as path:
        return {found.stem: found for found in sorted(path.glob("*.toml"))}


def find_program(name_or_path: str) -> SessionProgram:
    """Return a shipped programme by name, or one from a TOML file.

    Raises
    ------
    ConfigError
        When there is neither; the line names the nearest shipped one and lists all.
    """
    shipped = shipped_programs()
    if name_or_path in shipped:
        return load_program(shipped[name_or_path])
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return load_program(Path(name_or_path))
    hint = nearest(name_or_path, list(shipped))
    raise ConfigError(
        f'unknown programme "{name_or_path}"{hint}; shipped are: {", ".join(shipped)}'
    )
