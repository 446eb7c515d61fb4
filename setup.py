"""Only what pyproject.toml cannot say: which C parts cffi compiles. All else is there."""

from setuptools import setup

setup(
    cffi_modules=[
        "rascue/audio/mixer_build.py:ffibuilder",
        "rascue/steps/kernels_build.py:ffibuilder",
    ]
)
