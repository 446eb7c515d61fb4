"""Values of our types <-> JSON values and columns of SQLite, exactly and in both directions.

Types are read from the annotations of the dataclasses, so that a file never says what it holds
by class name and a reader builds nothing but what it asked for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

JsonValue = Any
ColumnValue = int | float | str | bytes | None
T = TypeVar("T")

_SCALARS = (bool, int, float, str)
_NAN_TEXT = "nan"

INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1
"""What SQLite holds in one column."""


def to_plain(value: object) -> JsonValue:
    """Return ``value`` as dictionaries, lists and scalars.

    Raises
    ------
    TypeError
        For a value that would not come back as it was, such as a NumPy integer.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, _SCALARS):
        return value
    if is_dataclass(value):
        return {item.name: to_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be stored: {value!r}")


def from_plain(kind: Any, plain: JsonValue) -> Any:
    """Return the value of type ``kind`` that ``to_plain`` made ``plain`` of.

    Raises
    ------
    TypeError, ValueError, KeyError
        When ``plain`` is not of that type.
    """
    return _decoder(kind)(plain)


def to_json(value: object) -> str:
    """Return compact JSON in ASCII; floats in full, NaN and infinity as Python writes them."""
    return json.dumps(to_plain(value), separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Return the value that ``to_json`` wrote."""
    value: T = from_plain(kind, json.loads(text))
    return value


def column_type(kind: Any) -> str:
    """Return the column type that keeps a value of type ``kind`` exactly."""
    optional = NoneType in get_args(kind)
    base = _without_none(kind)
    if base is float:
        return "ANY"
    sql = "INTEGER" if _is_integer(base) else "TEXT"
    return sql if optional else f"{sql} NOT NULL"


def to_column(value: object) -> ColumnValue:
    """Return what stands in the column; anything but a scalar becomes JSON text.

    Raises
    ------
    TypeError, ValueError
        For a value that would not come back as it was: it must not wait until the commit, which
        it would make impossible.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return None
    if isinstance(value, str):
        value.encode()  # half a surrogate pair is no text
        return value
    if isinstance(value, float):
        return _NAN_TEXT if math.isnan(value) else value
    if isinstance(value, int):
        return _within_64_bits(int(value))
    return to_json(value)


def from_column(kind: Any, column: ColumnValue) -> Any:
    """Return the value of type ``kind`` that ``to_column`` put there."""
    base = _without_none(kind)
    if column is None:
        return None
    if base is float and column == _NAN_TEXT:
        return math.nan
    if is_dataclass(base) or get_origin(base) is not None:
        return from_plain(kind, json.loads(str(column)))
    return _decoder(base)(column)


def _within_64_bits(value: int) -> int:
    if not INTEGER_MIN <= value <= INTEGER_MAX:
        raise ValueError(f"{value} does not fit into 64 bits")
    return value


def _is_integer(base: Any) -> bool:
    base = getattr(base, "__supertype__", base)
    return isinstance(base, type) and issubclass(base, int)


def _without_none(kind: Any) -> Any:
    """Return X for ``X | None``, anything else as it is."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    rest = [item for item in get_args(kind) if item is not NoneType]
    return rest[0] if len(rest) == 1 else kind


@cache
def _decoder(kind: Any) -> Callable[[JsonValue], Any]:
    base = getattr(kind, "__supertype__", kind)  # a NewType
    origin = get_origin(base)
    if origin in (Union, UnionType):
        return _union_decoder(base)
    if origin is tuple:
        item = _decoder(get_args(base)[0])
        return lambda plain: tuple(item(value) for value in plain)
    if origin is not None and issubclass(origin, Mapping):
        return dict
    if is_dataclass(base):
        return _dataclass_decoder(base)
    if base is bool or (isinstance(base, type) and issubclass(base, Enum)):
        return base
    return lambda plain: plain


def _union_decoder(kind: Any) -> Callable[[JsonValue], Any]:
    base = _without_none(kind)
    if base is kind:
        return lambda plain: plain
    inner = _decoder(base)
    return lambda plain: None if plain is None else inner(plain)


def _dataclass_decoder(kind: Any) -> Callable[[JsonValue], Any]:
    hints = get_type_hints(kind)
    parts = [(item.name, _decoder(hints[item.name])) for item in fields(kind)]
    # A field that an older version did not write keeps its default; without one it is an error.
    return lambda plain: kind(
        **{name: decode(plain[name]) for name, decode in parts if name in plain}
    )
