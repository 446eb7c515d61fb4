"""The bring-up tools on the FUSE bus, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import sleep

import numpy as np
import pytest

from rascue.cli import imucheck
from rascue.cli.main import main
from rascue.session.host import HostClock
from rascue.testing.i2c.faults import FaultKind, FaultyLine
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import NoisyRest
from rascue.testing.i2c.wire import Wires

CLOCK = HostClock()


class StandThenWalk:
    """Stands for 1.5 s from the first sample on, then walks."""

    def __init__(self) -> None:
        self._rest = NoisyRest(1)
        self._start_ns: int | None = None

    def at(self, t_ns: np.ndarray) -> np.ndarray:
        self._start_ns = self._start_ns or int(t_ns[0])
        felt = self._rest.at(t_ns)
        passed_s = (t_ns - self._start_ns) / 1e9
        felt[:, 0] += np.where(passed_s > 1.5, 3.0 * np.sin(2 * np.pi * 1.8 * passed_s), 0.0)
        return felt


def test_a_good_chip_is_fit(
    fuse_bus: Callable[..., FuseBus], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(imucheck, "WATCH_S", 5.0)
    wires = Wires({0x6A: MODELS["lsm6dsox"](NoisyRest(1), CLOCK, 1.04, None)}, sleep)
    path = fuse_bus(i2c_1=wires).path("i2c-1")
    record = tmp_path / "record.json"
    call = ["imucheck", f"lsm6dsox@{path}:0x6a", "--reads", "200", "--out", str(record)]
    assert main(call) == 0
    assert "is fit to be worn" in capsys.readouterr().out
    assert json.loads(record.read_text())["good"] is True


def test_bit_errors_on_the_bus_are_told(
    fuse_bus: Callable[..., FuseBus], monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(imucheck, "WATCH_S", 2.0)
    line = FaultyLine(CLOCK)
    chip = MODELS["lsm6dsox"](NoisyRest(1), CLOCK, 1.0, None)
    path = fuse_bus(i2c_1=Wires({0x6A: chip}, sleep, line=line)).path("i2c-1")
    line.refuse(3)
    line.damage(FaultKind.FLIP_RECEIVED, 5)
    assert main(["imucheck", f"lsm6dsox@{path}:0x6a", "--reads", "50"]) == 1
    assert "not fit to be worn: identity" in capsys.readouterr().err


def test_mount_finds_what_is_up(fuse_bus: Callable[..., FuseBus], capsys, tmp_path: Path) -> None:
    wires = Wires({0x6A: MODELS["lsm6dsox"](StandThenWalk(), CLOCK, 1.0, None)}, sleep)
    path = fuse_bus(i2c_1=wires).path("i2c-1")
    record = tmp_path / "mount.json"
    words = ["mount", f"lsm6dsox@{path}:0x6a", "--stand", "1", "--walk", "2.5"]
    assert main([*words, "--out", str(record)]) == 0
    found = json.loads(record.read_text())
    assert (found["up_axis"], found["place"]) == ("+x", "trunk")
    assert "well worn" in capsys.readouterr().out


@pytest.mark.parametrize(
    "word", ["lsm6dsox", "lsm6dsox@1", "lsm6dsx@1:0x6a", "lsm6dsox@1:0x99", "lsm6dsox@1:zz"]
)
def test_a_wrong_name_is_one_line(word: str, capsys) -> None:
    assert main(["imucheck", word]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
