"""The form in which a programme is edited: fields of the page -> programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rascue.core.errors import WrongUse
from rascue.core.types import ProgramStep, SessionProgram
from rascue.dashboard.words import strategy_words
from rascue.registry import Kind, names

_S_PER_MIN = 60.0


def installed_strategies() -> dict[str, str]:
    """Return the cue strategies that can be chosen: registered name -> plain name."""
    return {name: strategy_words(name) for name in names(Kind.STRATEGY)}


def edited(program: SessionProgram, fields: Mapping[str, str]) -> SessionProgram:
    """Return the programme with the values of the form; a field that is absent changes nothing.

    Parameters
    ----------
    fields
        ``title``, and for the k-th block, from 0: ``k.minutes``, ``k.strategy``, ``k.target``,
        ``k.end_target``, ``k.level_dbfs``.

    Raises
    ------
    WrongUse
        When a field that must be a number is not; ranges are checked where programmes are kept.
    """
    steps = tuple(_edited_step(step, k, fields) for k, step in enumerate(program.steps))
    title = " ".join(fields.get("title", program.title).split())
    return replace(program, title=title, steps=steps)


def _edited_step(step: ProgramStep, k: int, fields: Mapping[str, str]) -> ProgramStep:
    where = f"Block {k + 1}"
    length_min = _number(fields.get(f"{k}.minutes", ""), f"{where}, minutes")
    if length_min is not None:
        step = replace(step, duration_s=length_min * _S_PER_MIN)
    level_dbfs = _number(fields.get(f"{k}.level_dbfs", ""), f"{where}, level")
    if level_dbfs is not None:
        step = replace(step, level_dbfs=level_dbfs)
    strategy = fields.get(f"{k}.strategy", step.strategy)
    if strategy != step.strategy:
        # Parameters belong to a strategy; another one begins with its own defaults.
        step = replace(step, strategy=strategy, params={})
    return _with_target(step, k, fields, where)


def _with_target(step: ProgramStep, k: int, fields: Mapping[str, str], where: str) -> ProgramStep:
    value = _number(fields.get(f"{k}.target", ""), f"{where}, target")
    if step.target is None or value is None:
        return step
    end_value = _number(fields.get(f"{k}.end_target", ""), f"{where}, target at the end")
    return replace(step, target=replace(step.target, value=value, end_value=end_value))


def _number(text: str, where: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise WrongUse(f"{where}: “{text}” is not a number.") from None
