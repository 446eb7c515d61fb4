"""Whatever stands in a file: it is read as finite, ordered samples, or refused in one line."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rascue.core.errors import RecordingError
from rascue.sensor.recording import load_recording

CELLS = st.one_of(
    st.floats(0, 20).map(str),
    st.sampled_from(["", "nan", "-inf", "1e999", "9.81", "x", '"', "1,5", "0x1", " 3 ", "=1+1"]),
)
LINES = st.lists(st.lists(CELLS, max_size=8).map(",".join), max_size=30)


def a_walk():
    t = np.arange(200) / 100.0
    file = io.BytesIO()
    acc = np.tile([9.81, 0.0, 0.0], (200, 1)).astype(np.float32)
    np.savez(file, t=t, fs=100.0, acc=acc, gyr=np.ones((200, 3), np.float32), location="trunk")
    return file.getvalue()


WALK = a_walk()


def check(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            recording = load_recording(path)
        except RecordingError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
            return
    n = len(recording.t_ns)
    assert n >= 1
    assert recording.acc_mps2.shape == (n, 3)
    assert recording.gyr_dps.shape in ((n, 3), (0, 3))
    assert np.isfinite(recording.acc_mps2).all()
    assert np.isfinite(recording.gyr_dps).all()
    assert (np.diff(recording.t_ns) > 0).all()


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.npz"]))
def test_any_bytes(content, name):
    check(name, content)


@settings(deadline=None, max_examples=200)
@example(['0.0,0.0,0.0,0.0,",0.0', '",0.0,0.0'])
@given(LINES)
def test_any_lines_under_a_good_header(lines):
    check("a.csv", "\n".join(["t,ax,ay,az,gx,gy,gz", *lines]).encode())


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(WALK) - 1), st.binary(min_size=1, max_size=16))
def test_a_garbled_npz(start, noise):
    check("a.npz", WALK[:start] + noise + WALK[start + len(noise) :])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.floats(allow_nan=True), min_size=2, max_size=8),
    st.lists(st.floats(width=32), min_size=3, max_size=3),
)
def test_any_numbers(times, values):
    file = io.BytesIO()
    np.savez(file, t=np.array(times), acc=np.tile(values, (len(times), 1)))
    check("a.npz", file.getvalue())
