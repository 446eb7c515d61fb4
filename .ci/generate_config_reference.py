#!/usr/bin/env python3
"""Writes docs/config_reference.md from the models that read the files.

With --check nothing is written: the exit status says whether the page is as it would be written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from rascue.config.load import load_config
from rascue.config.models import RascueConfig
from rascue.config.program import ProgramModel, StepModel, TargetModel

PAGE = Path(__file__).resolve().parents[1] / "docs" / "config_reference.md"

HEAD = """\
# Every key of the configuration, and of a programme

<!-- Written by .ci/generate_config_reference.py from rascue/config; do not edit. -->

A **configuration** describes one device: `rascue run --config rascue.toml`. A value comes from the
command line where an option names it, else from the file, else it is the built-in default; nothing
is read from the environment. `rascue check` prints what is in force, and where each value came
from. An unknown key is refused with the nearest known one, a value out of range with the range.

All times of the therapy and all limits are defaults, not evidence.
"""

PROGRAMS = """\
# Programmes

A **programme** is the prescription: what is asked of a person, block by block. It is a TOML file
of its own, edited on the dashboard and kept with every session that ran it. `rascue replay FILE
--program NAME_OR_FILE` takes one; those shipped lie in `rascue/config/programs`.
"""

SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
WORDS = {"min_length": "at least {} long", "max_length": "at most {} long"}


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    defaults = load_config().config
    for name, field in RascueConfig.model_fields.items():
        parts.append(section(_model_of(field), getattr(defaults, name)))
    parts.append(PROGRAMS)
    parts += [section(model, None) for model in (ProgramModel, StepModel, TargetModel)]
    return "\n".join(parts)


def section(model: type[BaseModel], defaults: BaseModel | None) -> str:
    """Return the heading and the table of one model."""
    title, _, rest = (model.__doc__ or "").partition("\n")[0].partition(": ")
    heading = f"`{title}`: {rest}" if rest else title
    lines = [f"## {heading.rstrip('.')}", "", "| key | default | allowed | meaning |"]
    lines.append("|---|---|---|---|")
    for name, field in model.model_fields.items():
        default = (
            getattr(defaults, name) if defaults else field.get_default(call_default_factory=True)
        )
        cells = (f"`{name}`", _shown(default), _allowed(field), field.description or "")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def _model_of(field: FieldInfo) -> type[BaseModel]:
    assert isinstance(field.annotation, type)
    return field.annotation


def _shown(default: Any) -> str:
    if default is PydanticUndefined:
        return "must be given"
    if default is None or default == {}:
        return "left out"
    if default == ():
        return "`[]`"
    if isinstance(default, tuple) and len(default) == 1:  # stands for the one value in the file
        return _shown(default[0])
    return f"`{default}`" if default != "" else '`""`'


def _allowed(field: FieldInfo) -> str:
    choices = _choices(field.annotation)
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    return " and ".join(_bounds(field)) or _type_name(field.annotation)


def _bounds(field: FieldInfo) -> Iterator[str]:
    for bound in field.metadata:
        for name, sign in SIGNS.items():
            if hasattr(bound, name):
                yield f"{sign} {getattr(bound, name):.12g}"
        for name, words in WORDS.items():
            if hasattr(bound, name):
                yield words.format(getattr(bound, name))


def _choices(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [member.value for member in annotation]
    return []


def _type_name(annotation: Any) -> str:
    names = {str: "text", float: "number", int: "whole number", bool: "true or false"}
    return names.get(annotation, "list of texts" if annotation == tuple[str, ...] else "table")


def main() -> int:
    """Write or compare the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    wanted = page()
    if not parser.parse_args().check:
        PAGE.write_text(wanted, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == wanted:
        return 0
    print(f"{PAGE} is stale: run  .venv/bin/python .ci/{Path(__file__).name}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
