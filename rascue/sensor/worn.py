"""Where a chip was worn when `rascue mount` found it well worn; the service starts with it."""

from __future__ import annotations

import json
from pathlib import Path

from rascue.core.errors import StoreError
from rascue.core.types import Placement
from rascue.sensor.i2c_choose import I2cSpec

FILE_NAME = "worn.json"


def keep_worn(data_dir: Path, spec: I2cSpec, placement: Placement) -> None:
    """Remember the placement of one chip, beside those of others."""
    known = worn_placements(data_dir) | {str(spec): placement}
    (data_dir / FILE_NAME).write_text(json.dumps(known, indent=1) + "\n", "utf-8")


def worn_placements(data_dir: Path) -> dict[str, Placement]:
    """Return where each chip that was looked at is worn, by its name.

    Raises
    ------
    StoreError
        When the file is damaged.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        return {}
    try:
        read = json.loads(path.read_text("utf-8"))
        return {str(sensor): Placement(place) for sensor, place in read.items()}
    except (ValueError, AttributeError):
        raise StoreError(f"{path} is damaged: remove it and run rascue mount again") from None
