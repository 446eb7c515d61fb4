"""A session file gives the same outputs again, whatever happened in the session."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from rascue.core.errors import StoreError
from rascue.core.events import OpenSession, records_among
from rascue.core.faults import FaultCode
from rascue.session.verify import verify
from rascue.store.writer import SessionWriter
from tests.unit.session.rig import Rig, cued, picked, uncued


def kept(rig: Rig, path: Path) -> Path:
    """Write the rig's session as the journal does: from the input that opened it."""
    opened = [picked(effects, OpenSession) for _, effects in rig.log]
    first = next(k for k, found in enumerate(opened) if found)
    header = opened[first][0].header
    writer = SessionWriter(path, header, rig.config.model_dump_json())
    for given, effects in rig.log[first:]:
        writer.append(given, records_among(effects))
    writer.close()
    return path


def lively(rig: Rig) -> Rig:
    """Let everything happen that may happen in a session."""
    rig.begin(uncued("baseline", 8), cued(60, strategy="match", params={"hold_s": 2}))
    rig.run(15)
    rig.ask("adjust_tempo", delta_spm=3)
    rig.ask("adjust_level", delta_db=-3)
    rig.ask("mark", text="here")
    rig.run(5)
    rig.sensor_there = False
    rig.run(3)
    rig.sensor_there = True
    rig.run(3)
    rig.walking = False
    rig.run(4)
    rig.walking = True
    rig.run(4)
    rig.out.unplug()
    rig.run(2)
    rig.out.unplugged = False
    rig.run(3)
    rig.ask("stop")
    rig.run(3)
    rig.state_fault(FaultCode.STORE_SLOW)
    rig.ask("resume")
    rig.run(6)
    rig.ask("end")
    rig.run(2)
    return rig


def test_a_lively_session_is_identical(tmp_path):
    found = verify(kept(lively(Rig()), tmp_path / "s.sqlite"))
    assert found.differences == ()
    assert found.n_outputs > 200
    assert found.n_inputs > 1500


def test_looking_at_a_session_leaves_no_trace(tmp_path):
    seen, unseen = Rig(), Rig()
    handle = seen.engine.handle

    def handle_and_look(given):
        effects = handle(given)
        seen.engine.view()
        return effects

    seen.engine.handle = handle_and_look
    looked = kept(lively(seen), tmp_path / "a.sqlite")
    assert looked.read_bytes() == kept(lively(unseen), tmp_path / "b.sqlite").read_bytes()


def test_what_came_before_the_session_does_not_matter(tmp_path):
    rig = Rig()
    rig.run(20)
    rig.walking = False
    rig.run(5)
    rig.walking = True
    rig.begin(cued(20))
    rig.run(25)
    assert verify(kept(rig, tmp_path / "s.sqlite")).differences == ()


def test_a_session_cut_short_is_identical_as_far_as_it_goes(tmp_path):
    rig = Rig().begin()
    rig.run(7.35)
    assert verify(kept(rig, tmp_path / "s.sqlite")).differences == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE beat SET due_ns = due_ns + 1 WHERE seq = (SELECT min(seq) FROM beat)", "due_ns"),
        ("DELETE FROM step WHERE seq = (SELECT max(seq) FROM step)", "outputs stored"),
        ("UPDATE decision SET allowed_spm = 99.0 WHERE seq > 0", "allowed_spm=99.0"),
    ],
)
def test_a_changed_output_is_found_and_named(tmp_path, statement, told):
    rig = Rig().begin()
    rig.run(10)
    path = kept(rig, tmp_path / "s.sqlite")
    with apsw.Connection(str(path)) as connection:
        connection.execute(statement)
    found = verify(path)
    assert told in found.differences[0]
    assert found.differences[0].startswith("input ")


def test_changed_samples_are_found(tmp_path):
    rig = Rig().begin()
    rig.run(10)
    path = kept(rig, tmp_path / "s.sqlite")
    with apsw.Connection(str(path)) as connection:
        whole = "(SELECT acc_mps2 FROM imu_block WHERE seq = (SELECT min(seq) FROM imu_block))"
        connection.execute(f"UPDATE imu_block SET acc_mps2 = {whole}")
    assert verify(path).differences


def test_looking_for_differences_ends_after_enough(tmp_path):
    rig = Rig().begin()
    rig.run(30)
    path = kept(rig, tmp_path / "s.sqlite")
    with apsw.Connection(str(path)) as connection:
        connection.execute("UPDATE beat SET level_dbfs = -20")
    assert len(verify(path, most=3).differences) == 3


def test_a_configuration_of_another_version_is_told(tmp_path):
    rig = Rig().begin()
    rig.run(1)
    path = kept(rig, tmp_path / "s.sqlite")
    with apsw.Connection(str(path)) as connection:
        connection.execute("UPDATE meta SET value = '{}' WHERE key = 'config'")
    with pytest.raises(StoreError, match="its configuration is not of this version"):
        verify(path)
