"""Builds ``rascue.steps._kernels`` from the C sources beside this file; called by setup.py."""

from __future__ import annotations

from pathlib import Path

from cffi import FFI

FOLDER = "rascue/steps"
"""Relative to the repository, from which setuptools builds."""

SOURCES = ("foot_gyro.c", "lumbar.c", "accel_norm.c", "health.c", "freeze.c", "travel.c")


def declarations() -> str:
    """Return kernels.h without the preprocessor lines that cffi does not read."""
    header = Path(__file__).with_name("kernels.h").read_text(encoding="utf-8")
    kept = (
        line
        for line in header.splitlines()
        if not line.startswith("#") or ("#define" in line and line[-1].isdigit())
    )
    return "\n".join(kept)


ffibuilder = FFI()
ffibuilder.cdef(declarations())
ffibuilder.set_source(
    "rascue.steps._kernels",
    '#include "kernels.h"',
    sources=[f"{FOLDER}/{name}" for name in SOURCES],
    include_dirs=[FOLDER],
    depends=[f"{FOLDER}/{name}" for name in ("kernels.h", "signal.h", "activity.h")],
    # No -ffast-math and no contraction into fused operations: the same samples give the same
    # bits on every machine.
    extra_compile_args=["-O2", "-std=c11", "-Wall", "-Wextra", "-ffp-contract=off"],
)
