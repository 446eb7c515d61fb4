"""Makes a cue strategy from a name and the parameters of a programme block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Interval

from rascue import registry
from rascue.core.errors import ConfigError
from rascue.core.spelling import nearest
from rascue.core.types import ParamValue
from rascue.cue.base import CueStrategy
from rascue.cue.freeze import FreezeCue

FREEZE_CUE = "freeze_cue"
"""Parameter that goes with any strategy."""


def strategy_for(name: str, params: Mapping[str, ParamValue]) -> CueStrategy:
    """Return a new strategy.

    Parameters
    ----------
    name
        Registered name.
    params
        Parameters by name; those left out keep their defaults. ``freeze_cue = true`` goes with
        any strategy: a cue sounds when steps stop coming.

    Raises
    ------
    WrongUse
        When no strategy of that name is installed; the line names the nearest.
    ConfigError
        Naming the nearest known parameter, or the allowed range.
    """
    chosen = registry.find(registry.Kind.STRATEGY, name)
    own = {key: value for key, value in params.items() if key != FREEZE_CUE}
    strategy: CueStrategy = chosen(checked_params(chosen.params_type, own, name))
    freeze_cue = params.get(FREEZE_CUE, False)
    if not isinstance(freeze_cue, bool):
        raise ConfigError(f"strategy {name}: {FREEZE_CUE} = {freeze_cue!r} must be true or false")
    return FreezeCue(strategy) if freeze_cue else strategy


def checked_params(params_type: type[Any], given: Mapping[str, ParamValue], strategy: str) -> Any:
    """Return the strategy's parameter object with names, types and ranges checked.

    Raises
    ------
    ConfigError
        As ``strategy_for``.
    """
    hints = get_type_hints(params_type, include_extras=True)
    known = [item.name for item in fields(params_type)]
    values = {}
    for key, value in given.items():
        if key not in known:
            raise ConfigError(f'strategy {strategy}: unknown key "{key}"{_hint(key, known)}')
        values[key] = _checked(hints[key], value, f"strategy {strategy}: {key}")
    return params_type(**values)


def _hint(word: str, known: Iterable[str]) -> str:
    """Return what may have been meant, and all there is."""
    names = sorted(known)
    return f"{nearest(word, names)}; known are: {', '.join(names) or 'none'}"


def _checked(hint: Any, value: ParamValue, where: str) -> ParamValue:
    """Return the value if it has the type and lies in the range that the annotation states."""
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ConfigError(f"{where} = {value!r} must be one of {', '.join(get_args(hint))}")
        return value
    wanted = getattr(hint, "__origin__", hint)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise ConfigError(f"{where} = {value!r} must be of type {wanted.__name__}")
    for bound in getattr(hint, "__metadata__", ()):
        if isinstance(bound, Interval) and not _inside(bound, value):
            raise ConfigError(
                f"{where} = {value!r} is out of range; it must be {bound.ge} to {bound.le}"
            )
    return value


def _inside(bound: Interval, value: Any) -> bool:
    """Whether a value lies in a closed interval; NaN does not."""
    return bool(bound.ge <= value <= bound.le)
