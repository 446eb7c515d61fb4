"""Engine and bring-up tool share a bus: the tool gets it soon, the engine gets it back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from time import monotonic, sleep

import pytest

from rascue.core.errors import SensorUnavailable
from rascue.core.types import Placement
from rascue.sensor.bus_turn import EngineTurn, ToolTurn
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.sensor.scan import scan
from rascue.session.host import HostClock
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import NoisyRest
from rascue.testing.i2c.wire import Wires

CLOCK = HostClock()


def bus_with(fuse_bus: Callable[..., FuseBus], **chips: int) -> str:
    made = {at: MODELS[name](NoisyRest(1), CLOCK, 1.0, None) for name, at in chips.items()}
    return str(fuse_bus(i2c_1=Wires(made, sleep)).path("i2c-1"))


def test_a_tool_gets_the_bus_and_the_engine_gets_it_back(fuse_bus: Callable[..., FuseBus]) -> None:
    path = bus_with(fuse_bus, lsm6dsox=0x6A)
    spec = I2cSpec("lsm6dsox", path, 0x6A)
    host = HostTime(CLOCK, sleep)
    source = i2c_source(spec, Placement.LOWER_BACK, host, turn=EngineTurn(path))
    release, held = threading.Event(), threading.Event()

    def work() -> None:
        with ToolTurn(path, sleep):
            held.set()
            release.wait(20.0)

    source.open()
    assert source.read(2.0) is not None
    tool = threading.Thread(target=work)
    tool.start()
    with pytest.raises(SensorUnavailable, match="bring-up tool"):
        read_on(source)
    source.close()
    with pytest.raises(SensorUnavailable, match="bring-up tool"):
        source.open()
    release.set()
    tool.join()
    source.open()
    assert source.read(2.0) is not None
    source.close()


def test_two_sensors_share_a_turn_from_their_threads(fuse_bus: Callable[..., FuseBus]) -> None:
    path = bus_with(fuse_bus, lsm6dsox=0x6A)
    turn = EngineTurn(path)
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(2000):
                turn.take()
                turn.offer()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(usual_s)
    assert failures == []
    with ToolTurn(path, sleep):
        pass


def test_a_tool_gets_a_bus_that_two_sensors_share(fuse_bus: Callable[..., FuseBus]) -> None:
    chips = {at: MODELS["lsm6dsox"](NoisyRest(at), CLOCK, 1.0, None) for at in (0x6A, 0x6B)}
    path = str(fuse_bus(i2c_1=Wires(chips, sleep)).path("i2c-1"))
    turn, refused = EngineTurn(path), []
    feet = {0x6A: Placement.LEFT_FOOT, 0x6B: Placement.RIGHT_FOOT}

    def work(at: int) -> None:
        spec = I2cSpec("lsm6dsox", path, at)
        source = i2c_source(spec, feet[at], HostTime(CLOCK, sleep), turn=turn)
        source.open()
        with pytest.raises(SensorUnavailable, match="bring-up tool"):
            read_on(source)
        refused.append(at)
        source.close()

    threads = [threading.Thread(target=work, args=(at,)) for at in feet]
    for thread in threads:
        thread.start()
    sleep(1.0)
    with ToolTurn(path, sleep):
        for thread in threads:
            thread.join(20.0)
    assert sorted(refused) == sorted(feet)


def read_on(source) -> None:  # type: ignore[no-untyped-def]
    give_up_s = monotonic() + 20.0
    while monotonic() < give_up_s:
        source.read(0.1)


def test_a_scan_names_what_answers(fuse_bus: Callable[..., FuseBus]) -> None:
    path = bus_with(fuse_bus, mpu6050=0x68, icm42688=0x69, ism330dhcx=0x6B)
    assert [str(spec) for spec in scan(path).found] == [
        f"mpu6050@{path}:0x68",
        f"icm42688@{path}:0x69",
        f"ism330dhcx@{path}:0x6b",
    ]
    assert "plugged in" in scan("/dev/i2c-77").problem
