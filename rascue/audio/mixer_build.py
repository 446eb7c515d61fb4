"""Compiles mixer.c into ``rascue.audio._mixer``; setup.py calls it when the package is built."""

from __future__ import annotations

from pathlib import Path

from cffi import FFI

FOLDER = Path(__file__).resolve().parent

SOURCES = ("limiter.c", "mixer.c")


def declarations() -> str:
    """Return mixer.h without its preprocessor lines, which cffi does not read."""
    lines = (FOLDER / "mixer.h").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


ffibuilder = FFI()
ffibuilder.cdef(declarations())
ffibuilder.set_source(
    "rascue.audio._mixer",
    "\n".join(f'#include "{name}"' for name in SOURCES),
    include_dirs=[str(FOLDER)],
    depends=[str(FOLDER / name) for name in (*SOURCES, "mixer.h", "limiter.h")],
    # Without the last option the result differs in the last bit between x86-64 and 64-bit ARM.
    extra_compile_args=["-std=c11", "-O2", "-ffp-contract=off"],
)
