"""The listening page: every sound has its example, and the examples are what is claimed."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

from rascue.audio.catalog import CATALOG
from rascue.testing.listening import (
    BEATS_OF_CUE,
    FAST_SPM,
    RATE_HZ,
    SLOW_SPM,
    picture,
    png,
    rendered,
)

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_every_sound_is_on_the_page() -> None:
    page = (DOCS / "listening.md").read_text("utf-8")
    for name in CATALOG:
        assert f"listening/{name}.ogg" in page
        assert f"listening/{name}.png" in page
        assert (DOCS / "listening" / f"{name}.ogg").read_bytes()[:4] == b"OggS"
        assert (DOCS / "listening" / f"{name}.png").read_bytes()[1:4] == b"PNG"


def test_an_example_speeds_up_as_stated() -> None:
    loud = np.flatnonzero(np.abs(rendered("click")[:, 0]) > 0.2)
    onsets = loud[np.diff(loud, prepend=-RATE_HZ) > 2000]
    tempos_spm = 60 * RATE_HZ / np.diff(onsets)
    assert len(onsets) == BEATS_OF_CUE
    expected = np.linspace(SLOW_SPM, FAST_SPM, BEATS_OF_CUE)[:-1]
    np.testing.assert_allclose(tempos_spm, expected, rtol=1e-4)


def test_a_picture_is_a_gray_png_that_gives_back_its_pixels() -> None:
    gray = picture(rendered("click"))
    data = png(gray)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == gray.shape[::-1]
    start = data.index(b"IDAT") + 4
    (size,) = struct.unpack(">I", data[start - 8 : start - 4])
    lines = np.frombuffer(zlib.decompress(data[start : start + size]), np.uint8)
    np.testing.assert_array_equal(lines.reshape(gray.shape[0], -1)[:, 1:], gray)


def test_silence_is_white_and_sound_is_dark() -> None:
    samples = np.zeros((RATE_HZ, 2), np.float32)
    samples[RATE_HZ // 2 :] = 0.4 * np.sin(np.arange(RATE_HZ // 2) * 0.3)[:, None]
    gray = picture(samples)
    assert gray[50, 700] < 100
    assert gray[20, 100] == 255
    assert gray[100:, 100].min() > gray[100:, 700].min()
