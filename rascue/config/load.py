"""Reads TOML into models; says section, key, value and range when something is not accepted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rascue.config.models import RascueConfig
from rascue.core.errors import ConfigError
from rascue.core.limits import HARD_LIMITS, tightened
from rascue.core.spelling import nearest

Model = TypeVar("Model", bound=BaseModel)
Table = dict[str, Any]

BUILT_IN = "built-in default"


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration and, for each dotted key, where its value came from."""

    config: RascueConfig
    origins: Mapping[str, str]


def load_config(path: Path | None = None, overrides: Table | None = None) -> LoadedConfig:
    """Read the defaults, then one file over them, then options of the command line.

    Parameters
    ----------
    path
        Configuration file; None for the defaults alone.
    overrides
        Values given on the command line, nested as in the file.

    Raises
    ------
    ConfigError
        One line with file, section, key, value and allowed range.
    """
    merged = tomllib.loads(files("rascue.config").joinpath("defaults.toml").read_text("utf-8"))
    origins = dict.fromkeys(_dotted(merged), BUILT_IN)
    where = str(path) if path else BUILT_IN
    layers = [(read_toml(path), where)] if path else []
    layers.append((overrides or {}, "command line"))
    for table, origin in layers:
        _refuse_unknown_sections(table, merged, origin)
        for section, values in table.items():
            merged[section] = {**merged[section], **values}
        origins.update(dict.fromkeys(_dotted(table), origin))
    config = validated(RascueConfig, merged, where)
    tightened(HARD_LIMITS, config.limits.to_limits(), f"{where}, section [limits]")
    return LoadedConfig(config, origins)


def read_toml(path: Path) -> Table:
    """Return the tables of a TOML file, or raise ConfigError with one line."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); check file and permissions") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None


def validated(model: type[Model], table: Table, where: str) -> Model:
    """Return the table as a model, or raise ConfigError that names the first offending key."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise ConfigError(f"{where}: {_one_line(error.errors()[0], model)}") from None


def _one_line(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Say which key is wrong, what it holds and what is allowed."""
    path = list(error["loc"])
    key = ".".join(str(part) for part in path)
    if error["type"] == "extra_forbidden":
        known = _keys_beside(model, path)
        return f'unknown key "{key}"{nearest(str(path[-1]), known)}'
    if error["type"] == "value_error":  # a rule of ours about several keys
        return f"section [{key}]: {error['ctx']['error']}"
    if error["type"] == "missing":
        return f'key "{key}" is missing; add it'
    return f'key "{key}" = {error["input"]!r} is not accepted: {error["msg"].lower()}'


def _keys_beside(model: type[BaseModel], path: list[str | int]) -> list[str]:
    """Return the keys that are known where the offending one stands."""
    for part in path[:-1]:
        field = model.model_fields.get(str(part))
        inner = _inner_model(field.annotation) if field else None
        model = inner or model
    return list(model.model_fields)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside ``X``, ``X | None`` or ``tuple[X, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_inner_model(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found), None)


def _refuse_unknown_sections(table: Table, known: Table, where: str) -> None:
    for section, values in table.items():
        if section not in known:
            hint = nearest(section, list(known))
            raise ConfigError(f'{where}: unknown section "[{section}]"{hint}')
        if not isinstance(values, dict):
            raise ConfigError(f'{where}: "{section}" must be a section, written [{section}]')


def _dotted(table: Table, prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of each value in nested tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
