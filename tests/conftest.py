"""Where tests find the recordings that stay outside the repository."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def gait_data_folder() -> Path:
    """Return the folder of recorded walks: RASCUE_GAIT_DATA, or ../shared/data/gait."""
    default = REPOSITORY.parent / "shared" / "data" / "gait"
    return Path(os.environ.get("RASCUE_GAIT_DATA", default))


@pytest.fixture(scope="session")
def gait_file() -> Callable[[str], Path]:
    """Return a function that finds one recording, or says clearly that it is absent."""

    def find(name: str) -> Path:
        path = gait_data_folder() / name
        if path.exists():
            return path
        message = f"recording {path} is absent; set RASCUE_GAIT_DATA to the folder of recordings"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)

    return find
