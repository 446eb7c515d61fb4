"""Compiles mixer.c into ``rascue.audio._mixer``; setup.py calls it when the package is built."""

from __future__ import annotations

from pathlib import Path

from cffi import FFI

FOLDER = Path(__file__).resolve().parent


def declarations() -> str:
    """Return mixer.h without its preprocessor lines, which cffi does not read."""
    lines = (FOLDER / "mixer.h").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


ffibuilder = FFI()
ffibuilder.cdef(declarations())
ffibuilder.set_source(
    "rascue.audio._mixer",
    '#include "mixer.c"',
    include_dirs=[str(FOLDER)],
    depends=[str(FOLDER / "mixer.c"), str(FOLDER / "mixer.h")],
    # Without the last option the result differs in the last bit between x86-64 and 64-bit ARM.
    extra_compile_args=["-std=c11", "-O2", "-ffp-contract=off"],
)
