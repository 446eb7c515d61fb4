"""Whatever the engine is told or states comes back from the file as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rascue.core.events import AudioStatus, Record, Tick
from rascue.core.faults import Fault
from rascue.core.types import BlockFlag, Command, Frame, ImuBlock, SessionHeader
from rascue.store.codec import from_json, to_json
from tests.store.samples import shown, stored_items, write_session

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
SCALARS = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(),
    str: st.text(),
    bool: st.booleans(),
    NoneType: st.none(),
    object: JSON_VALUES,
}


def values_of(kind):
    """Return a strategy for any value that the annotation ``kind`` admits."""
    kind = getattr(kind, "__supertype__", kind)
    if get_origin(kind) is not None:
        return values_of_generic(kind)
    if kind in SCALARS:
        return SCALARS[kind]
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    return st.builds(kind, **{item.name: values_of(hints[item.name]) for item in fields(kind)})


def values_of_generic(kind):
    """Return a strategy for a union, a tuple or a mapping."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return st.one_of([values_of(item) for item in get_args(kind)])
    if origin is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=3).map(tuple)
    assert origin is Mapping
    return st.dictionaries(st.text(), values_of(get_args(kind)[1]), max_size=3)


@st.composite
def blocks(draw):
    n = draw(st.integers(1, 40))
    rows = draw(st.sampled_from([0, n]))
    samples = st.floats(width=32)
    return ImuBlock(
        source_id=draw(st.text()),
        seq=draw(SCALARS[int]),
        t_ns=draw(hnp.arrays(np.int64, n)),
        acc_mps2=draw(hnp.arrays(np.float32, (n, 3), elements=samples)),
        gyr_dps=draw(hnp.arrays(np.float32, (rows, 3), elements=samples)),
        frame=draw(st.sampled_from(Frame)),
        flags=BlockFlag(draw(st.integers(0, 7))),
        time_sd_s=draw(st.floats()),
    )


inputs = st.one_of(blocks(), *(values_of(kind) for kind in (Tick, AudioStatus, Command, Fault)))
records = st.one_of([values_of(kind) for kind in get_args(Record)])
items = st.lists(st.tuples(inputs, st.lists(records, max_size=6)), max_size=8)


@settings(deadline=None, max_examples=150)
@given(items)
def test_items_come_back_exactly_and_in_order(session):
    with tempfile.TemporaryDirectory() as folder:
        path = write_session(Path(folder) / "s.sqlite", session)
        assert shown(stored_items(path)) == shown(session)


@settings(deadline=None, max_examples=100)
@given(values_of(SessionHeader))
def test_headers_come_back_exactly(header):
    assert repr(from_json(SessionHeader, to_json(header))) == repr(header)


def test_a_field_added_later_keeps_its_default():
    text = to_json(Fault(at_ns=1, code="sensor_gap", raised=True)).replace(',"detail":""', "")
    assert "detail" not in text
    assert from_json(Fault, text).detail == ""
