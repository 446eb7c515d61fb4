"""A recording through the whole engine: a session file that depends on its inputs alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.config.program import program_from_dict
from rascue.core.clock import after
from rascue.core.types import Beat, EngineNs, StepEvent
from rascue.sensor.recording import Recording, recording_of_blocks
from rascue.session.recorded import START_NS, paced_by, run_recording
from rascue.session.verify import verify
from rascue.store.reader import SessionReader
from tests.unit.session.rig import WALK, a_config, a_program, cued, uncued

PROGRAM = program_from_dict(a_program(uncued("baseline", 5), cued(600)), "test")


@pytest.fixture(scope="module")
def walk() -> Recording:
    return recording_of_blocks(WALK.infos[0], [WALK.block(k) for k in range(1, 601)])


def replayed(walk: Recording, path: Path, **changes) -> Path:
    out = SilentOut("", AudioOutSettings())
    run_recording(walk, PROGRAM, a_config(**changes), out, path)
    return path


def test_the_same_recording_gives_the_same_bytes(walk, tmp_path):
    first = replayed(walk, tmp_path / "a.sqlite")
    assert first.read_bytes() == replayed(walk, tmp_path / "b.sqlite").read_bytes()


def test_the_file_is_identical_when_verified(walk, tmp_path):
    found = verify(replayed(walk, tmp_path / "a.sqlite"))
    assert found.differences == ()
    assert found.n_outputs > 100


def test_the_whole_recording_is_kept_with_what_came_of_it(walk, tmp_path):
    with SessionReader(replayed(walk, tmp_path / "a.sqlite")) as reader:
        assert reader.summary().closed
        assert reader.summary().duration_s == pytest.approx(walk.duration_s, abs=0.5)
        assert len(reader.records(StepEvent)) > 35
        assert len(reader.records(Beat)) > 35


def test_another_configuration_is_another_session(walk, tmp_path):
    ids = set()
    for name, horizon_s in (("a", 0.3), ("b", 0.4)):
        path = replayed(walk, tmp_path / f"{name}.sqlite", engine={"horizon_s": horizon_s})
        with SessionReader(path) as reader:
            ids.add(reader.header.session_id)
    assert len(ids) == 2


def test_a_recording_longer_than_the_programme_is_left_in_time(walk, tmp_path):
    short = program_from_dict(a_program(uncued("baseline", 5)), "test")
    path = tmp_path / "a.sqlite"
    run_recording(walk, short, a_config(), SilentOut("", AudioOutSettings()), path)
    with SessionReader(path) as reader:
        assert reader.summary().duration_s == pytest.approx(5, abs=0.2)


def test_a_paced_replay_waits_for_each_block():
    class Slow:
        now = EngineNs(50)

        def now_ns(self) -> EngineNs:
            return self.now

    clock, slept = Slow(), []
    wait = paced_by(clock, slept.append)
    wait(after(START_NS, 0.5))
    clock.now = after(clock.now, 2.0)
    wait(after(START_NS, 1.0))
    assert slept == [pytest.approx(0.5)]
