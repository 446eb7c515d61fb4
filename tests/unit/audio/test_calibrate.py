"""A calibration from beginning to end, in simulated time: output, room, listener."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rascue.audio.base import ScheduledSound
from rascue.audio.calibrate import calibrate
from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.cli.calibrate import SensorListener
from rascue.core.clock import after, seconds_between
from rascue.core.errors import AudioUnavailable, RascueError
from rascue.core.types import EngineNs, ImuBlock, Placement, SourceInfo

START_NS = EngineNs(7_000_000_000)
RATE_HZ = 208.0
DELAY_S = 0.042


class HandClock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = START_NS

    def now_ns(self) -> EngineNs:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now = after(self.now, seconds)


class LoudRoom(SilentOut):
    """An output that notes when each of its sounds is to be felt."""

    def __init__(self, delay_s: Callable[[], float]) -> None:
        super().__init__("", AudioOutSettings())
        self.felt_ns: list[EngineNs] = []
        self._delay_s = delay_s

    def schedule(self, sound: ScheduledSound) -> None:
        super().schedule(sound)
        assert self._clock is not None
        self.felt_ns.append(after(self._clock.to_engine(sound.frame), self._delay_s()))


class HeldSensor:
    """A sensor on the loudspeaker: 9.81 upward, shaken when a sound arrives."""

    info = SourceInfo("held", Placement.UNKNOWN, RATE_HZ, has_gyro=False)

    def __init__(self, room: LoudRoom, clock: HandClock) -> None:
        self._room, self._clock = room, clock
        self._sampled_to = START_NS
        self._rng = np.random.default_rng(3)

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, timeout_s: float) -> ImuBlock | None:
        self._clock.sleep(timeout_s)
        n = int(seconds_between(self._sampled_to, self._clock.now) * RATE_HZ)
        if not n:
            return None
        t_ns = np.array([after(self._sampled_to, (k + 1) / RATE_HZ) for k in range(n)], np.int64)
        acc = self._rng.normal([0.0, 0.0, 9.81], 0.02, (n, 3)).astype(np.float32)
        for felt in self._room.felt_ns:
            if self._sampled_to < felt <= t_ns[-1]:
                acc[np.searchsorted(t_ns, felt), 1] += 2.0
        self._sampled_to = EngineNs(int(t_ns[-1]))
        return ImuBlock("held", 0, t_ns, acc, np.empty((0, 3), np.float32))


def run(delay_s: Callable[[], float], *, deaf: bool = False) -> float:
    clock = HandClock()
    room = LoudRoom(delay_s)
    sensor = HeldSensor(room, clock)
    room.open(clock.now)
    if deaf:
        room.felt_ns = type("Nowhere", (list,), {"append": lambda self, _: None})()
    return calibrate(room, SensorListener(sensor, clock), clock).latency_s


def test_the_sensor_measures_the_way_to_itself() -> None:
    assert run(lambda: DELAY_S) == pytest.approx(DELAY_S, abs=0.5 / RATE_HZ)


def test_an_unsteady_way_is_refused() -> None:
    rng = np.random.default_rng(4)
    with pytest.raises(RascueError, match=r"scatters by .* use a wired output"):
        run(lambda: float(rng.uniform(0.02, 0.08)))


def test_a_sensor_that_feels_nothing_is_told() -> None:
    with pytest.raises(RascueError, match="clicks were heard, too few"):
        run(lambda: DELAY_S, deaf=True)


def test_an_output_that_never_runs_is_told() -> None:
    clock = HandClock()
    room = LoudRoom(lambda: DELAY_S)
    listener = SensorListener(HeldSensor(room, clock), clock)
    with pytest.raises(AudioUnavailable, match="the sound was interrupted"):
        calibrate(room, listener, clock)
