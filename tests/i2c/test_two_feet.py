"""A chip on each foot, on one bus, worn by one simulated person: through the kernel."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest

from rascue.audio.choose import audio_out_for
from rascue.cli.devices import audio_settings_of, service_devices
from rascue.config.load import load_config
from rascue.config.models import RascueConfig
from rascue.core.errors import WrongUse
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Note, Placement, PlayedBeat, Side, StepEvent, StrideRecord
from rascue.export.gait_figures import gait_figures
from rascue.link.messages import Request
from rascue.session.host import HostClock
from rascue.session.shell import Shell, ShellParts
from rascue.simulate.figures.report import report_of
from rascue.simulate.scenario import load_scenario
from rascue.simulate.world import Outcome
from rascue.store.reader import SessionReader
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import worn_motions
from rascue.testing.i2c.wire import Wires
from rascue.testing.i2c.world import simulate_on_chips
from tests.i2c.test_service import PROGRAM

FEET = (Placement.LEFT_FOOT, Placement.RIGHT_FOOT)
LEFT, RIGHT = 0x6A, 0x6B
CLOCK = HostClock()


@pytest.mark.slow
def test_a_person_with_a_chip_on_each_foot_entrains_and_both_sides_are_known(
    fuse_folder: Path,
) -> None:
    scenario = replace(load_scenario("entraining"), placements=FEET)
    outcome = simulate_on_chips(scenario, "lsm6dsox", seed=0, speed=1.04, folder=fuse_folder)
    report = report_of(outcome)
    assert report.verdict == "following"
    assert report.envelope_violations == 0
    true_steps = {step.ic_ns: step.side for step in outcome.steps}
    told = of_kind(outcome, StepEvent)
    assert report.false_steps <= 2
    assert report.missed_steps <= 0.02 * len(true_steps)
    assert all(true_steps[nearest(true_steps, step.ic_ns)] is step.side for step in told)
    strides = of_kind(outcome, StrideRecord)
    double_support_pct = gait_figures(strides, []).double_support_percent
    assert isinstance(double_support_pct, float)
    assert 5.0 < double_support_pct < 45.0
    assert {stride.side for stride in strides} == {Side.LEFT, Side.RIGHT}


def of_kind(outcome: Outcome, kind: type) -> list:  # type: ignore[type-arg]
    return [record for record in outcome.records if isinstance(record, kind)]


def nearest(instants_ns: dict[int, Side], at_ns: int) -> int:
    return min(instants_ns, key=lambda instant_ns: abs(instant_ns - at_ns))


def config_of(*sources: str) -> RascueConfig:
    given = {
        "sensor": {"source": list(sources)},
        "audio": {"output": "none"},
        "limits": {"hold_max_s": 1.0, "fade_s": 1.0},
    }
    return load_config(None, given).config


def test_places_come_from_mount_or_are_asked_for() -> None:
    from rascue.cli.devices import Calibrations

    config = config_of("i2c:lsm6dsox@1:0x6a", "i2c:lsm6dsox@1:0x6b")
    with pytest.raises(WrongUse, match="do not go together: lower_back, lower_back"):
        service_devices(config, CLOCK)
    worn = {
        f"lsm6dsox@/dev/i2c-1:{at:#x}": foot for at, foot in zip((LEFT, RIGHT), FEET, strict=True)
    }
    sources, _ = service_devices(config, CLOCK, Calibrations(worn=worn))
    assert [source.info.placement for source in sources] == list(FEET)


@pytest.mark.slow
def test_one_foot_unplugged_is_named_and_the_cue_holds(
    fuse_bus: Callable[..., FuseBus], tmp_path: Path
) -> None:
    scenario = replace(load_scenario("demo"), placements=FEET)
    motions = worn_motions(scenario, 1, CLOCK.now_ns())
    chips = {
        at: MODELS["lsm6dsox"](motion, CLOCK, speed, None)
        for at, motion, speed in zip((LEFT, RIGHT), motions, (1.03, 0.98), strict=True)
    }
    wires = Wires(chips, sleep)
    path = fuse_bus(i2c_1=wires).path("i2c-1")
    config = config_of(
        f"left_foot=i2c:lsm6dsox@{path}:0x6a", f"right_foot=i2c:lsm6dsox@{path}:0x6b"
    )
    sources, _ = service_devices(config, CLOCK)
    out = audio_out_for("none", audio_settings_of(config))
    data = tmp_path / "data"
    data.mkdir()
    shell = Shell(ShellParts(config, sources, out, data, data / "engine.sock"))
    runner = threading.Thread(target=shell.run)
    runner.start()
    try:
        _pass(4.0)
        args = {"program": PROGRAM, "subject_code": "T1", "started_utc": "2026-01-01T00:00:00Z"}
        shell._take_request(Request(id="1", kind="start", args=args, actor="test"))
        _pass(8.0)
        unplugged = wires.chips.pop(RIGHT)
        _pass(4.5)
        wires.chips[RIGHT] = unplugged
        _pass(8.0)
    finally:
        shell.stop()
        runner.join(10.0)
    _look_at(next((data / "sessions").rglob("*.sqlite")))


def _look_at(session_file: Path) -> None:
    with SessionReader(session_file) as reader:
        placements = [info.placement for info in reader.header.sources]
        lost = [f for f in reader.records(Fault) if f.code is FaultCode.SENSOR_LOST]
        states = [n.text.split(":")[0] for n in reader.records(Note) if n.kind == "state"]
        beats = [b.sound_ns for b in reader.records(PlayedBeat) if b.sound_ns is not None]
        steps = list(reader.records(StepEvent))
    assert placements == list(FEET)
    raised = next(fault for fault in lost if fault.raised)
    cleared = next(fault for fault in lost if not fault.raised)
    assert raised.detail.startswith("right foot: ")
    assert "left foot" not in raised.detail
    assert {"cueing", "holding", "fading"} <= set(states)
    assert any(raised.at_ns < beat < raised.at_ns + 1e9 for beat in beats)
    meanwhile = {step.side for step in steps if raised.at_ns < step.ic_ns < cleared.at_ns}
    assert meanwhile == {Side.LEFT}
    assert {step.side for step in steps if step.ic_ns > cleared.at_ns} == {Side.LEFT, Side.RIGHT}
    assert any(beat > cleared.at_ns for beat in beats)


def _pass(seconds: float) -> None:
    """Let real time go on: the service runs in its own threads."""
    until_s = monotonic() + seconds
    while monotonic() < until_s:
        sleep(0.05)
