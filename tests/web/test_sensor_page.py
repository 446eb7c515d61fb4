"""The sensor's set-up page: headless Chromium, the real tools in their worker, a chip on a bus."""

from dataclasses import replace
from time import sleep

import numpy as np
import pytest

from rascue.core.types import Placement, SessionState
from rascue.dashboard.app import create_app
from rascue.sensor.worn import worn_placements
from rascue.session.host import HostClock
from rascue.testing.i2c.fuse_bus import FuseBus, is_fuse_usable
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import NoisyRest
from rascue.testing.i2c.wire import Wires
from tests.web.test_browser import (  # noqa: F401 - fixtures
    chromium,
    open_window,
    served,
    signed_in,
)

pytestmark = pytest.mark.slow
CHECK_MS = 90_000
CLOCK = HostClock()


class StandThenWalk:
    """Rests until it is told to walk."""

    def __init__(self):
        self.rest = NoisyRest(1)
        self.begun_ns = None

    def at(self, t_ns):
        felt = self.rest.at(t_ns)
        if self.begun_ns is not None:
            passed_s = (t_ns - self.begun_ns) / 1e9
            felt[:, 0] += 3.0 * np.sin(2 * np.pi * 1.8 * passed_s)
        return felt


@pytest.fixture
def motion():
    return StandThenWalk()


@pytest.fixture
def bus_path(tmp_path, motion):
    if not is_fuse_usable():
        pytest.skip("the FUSE bus needs root and /dev/fuse")
    chip = MODELS["lsm6dsox"](motion, CLOCK, 1.02, None)
    with FuseBus(tmp_path / "bus", {"i2c-1": Wires({0x6A: chip}, sleep)}) as bus:
        yield str(bus.path("i2c-1"))


@pytest.fixture
def app(settings, console, bus_path):
    return create_app(replace(settings, buses=(bus_path,)), console.append)


def test_a_sensor_is_found_checked_and_its_wearing_kept(
    signed_in,  # noqa: F811
    engine,
    motion,
    settings,
    bus_path,
):
    window = signed_in(size="tall")
    page = window.page
    page.set_default_timeout(CHECK_MS)
    page.goto("/sensor")
    window.await_text("#looking", "These answer")
    name = f"lsm6dsox@{bus_path}:0x6a"
    window.await_text("#found", name)
    window.shoot("sensor_found")

    window.press("Check the sensor")
    window.await_text("[data-step]", "Lay the sensor down")
    window.shoot("sensor_check")
    page.locator("[data-verdict].good").wait_for(timeout=CHECK_MS)
    window.await_text("[data-verdict]", "is fit to be worn")
    window.await_text("[data-lines]", "good · identity")
    window.shoot("sensor_fit")

    window.press("Start standing")
    window.await_text("[data-step]", "stand still")
    window.shoot("sensor_stand")
    window.await_text("[data-step]", "walk straight ahead")
    motion.begun_ns = CLOCK.now_ns()
    page.locator("[data-verdict]").wait_for(timeout=CHECK_MS)
    assert "well worn" in page.locator("[data-verdict]").inner_text()
    page.reload()
    window.await_text("tbody", "worn at the lower back")
    assert page.locator("tbody tr").count() == 2
    window.shoot("sensor_records")
    assert worn_placements(settings.data_dir) == {name: Placement.LOWER_BACK}
    assert window.complaints == []


def test_no_check_is_begun_in_a_session(signed_in, engine, bus_path):  # noqa: F811
    engine.show(state=SessionState.CUEING, session_id="0190-test")
    window = signed_in()
    window.page.goto("/sensor")
    window.await_text("#looking", "These answer")
    window.page.on("console", lambda _: window.complaints.clear())  # the browser tells of the 409
    window.press("Check the sensor")
    window.await_text("[data-verdict]", "A session is running")
