"""Fills the C structs of the kernels from Python values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from rascue.steps._kernels import ffi

Feed = Callable[[int, Any, Any, Any, Any], int]
"""(n, t_ns, acc, gyr, reports) -> number of reports, bound to one kernel and its state."""


def fill(struct: Any, values: object) -> Any:
    """Copy a dataclass into a C struct with the same field names, nested ones too; return it."""
    for field in fields(values):  # type: ignore[arg-type]
        value = getattr(values, field.name)
        if hasattr(value, "__dataclass_fields__"):
            fill(getattr(struct, field.name), value)
        else:
            setattr(struct, field.name, value)
    return struct


def coefficients(values: Sequence[float]) -> Any:
    """Return a C struct with the coefficients of a second-order filter."""
    return ffi.new("biquad_coefficients *", tuple(values))
