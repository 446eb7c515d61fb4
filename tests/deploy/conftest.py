"""What the deploy tests share: where the files are, and programs that a machine may lack."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def deploy_dir() -> Path:
    return Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def need_program() -> Callable[[str, str], str]:
    """Path of a program; without it the test is skipped, in CI it fails."""

    def find(program: str, debian_package: str) -> str:
        path = shutil.which(program)
        if path is not None:
            return path
        reason = f"{program} is missing: apt-get install {debian_package}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)

    return find
