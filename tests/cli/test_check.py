"""``rascue check``: what is in force, where it came from, what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rascue.cli.machine import clock_facts, device_facts, disk_facts, mount_of, version_facts
from rascue.config.load import load_config

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw,nosuid 0 0
/dev/sda1 /media/a\\040disk vfat rw 0 0
/dev/sdb1 /data ext4 rw,data=writeback 0 0
/dev/sdc1 /data f2fs rw 0 0
"""


def lacks(facts) -> list[str]:
    return [fact.lack for fact in facts if fact.lack]


def doubts(facts) -> list[str]:
    return [fact.doubt for fact in facts if fact.doubt]


def a_config(**sections):
    return load_config(None, sections).config


def test_each_value_is_shown_with_its_origin(rascue, tmp_path):
    config = tmp_path / "device.toml"
    config.write_text("[engine]\nhorizon_s = 0.4\n[store]\nfree_min_mb = 0\n")
    seen = rascue("check", "--config", config, "--source", "simulated:deaf", "--data", tmp_path)
    assert seen.status == 0
    values = [line.split(maxsplit=2) for line in seen.out if re.match(r"  [a-z_]+\.\w+ ", line)]
    shown = {name: told for name, *told in values}
    assert shown["engine.horizon_s"] == ["0.4", str(config)]
    assert shown["engine.tick_s"] == ["0.05", "built-in default"]
    assert shown["sensor.source"] == ["simulated:deaf", "command line"]
    assert shown["audio.latency_s"] == ["-", "left out"]
    assert len(shown) == sum(len(part) for part in load_config().config.model_dump().values())


def test_values_stand_below_each_other(rascue, tmp_path):
    lines = rascue("check", "--data", tmp_path).out
    table = [line for line in lines if line.endswith("built-in default")]
    assert len({line.index("built-in default") for line in table}) == 1


def test_what_is_missing_is_told_in_a_line_each(rascue, tmp_path):
    seen = rascue("check", "--source", "i2c:lsm6dsox@63:0x6a", "--data", tmp_path / "x")
    assert seen.status == 1
    assert seen.err == [
        "rascue check: /dev/i2c-63 is not there; switch the bus on (deploy/README.md, "
        "device settings)"
    ]


def test_a_wrong_configuration_is_one_line(rascue, tmp_path):
    config = tmp_path / "device.toml"
    config.write_text("[engine]\nhorizont_s = 0.4\n")
    told = rascue.refused("check", "--config", config)
    assert told == (
        f'rascue check: {config}: unknown key "engine.horizont_s" (did you mean "horizon_s"?)'
    )


def test_an_output_that_is_not_there_is_needed_only_when_configured():
    silent = a_config(audio={"output": "none"})
    loud = a_config(audio={"output": "portaudio:no such loudspeaker"})
    assert lacks(device_facts(silent)) == []
    (lack,) = lacks(device_facts(loud))
    assert lack.endswith("plug one in, or choose another with --audio")


def test_a_recording_that_is_not_there_is_told(tmp_path):
    config = a_config(sensor={"source": f"replay:{tmp_path}/a.npz"})
    assert lacks(device_facts(config)) == [
        f"{tmp_path}/a.npz: there is no such recording; check sensor.source"
    ]


def test_a_bus_that_may_not_be_used_is_told_differently(tmp_path, monkeypatch):
    from rascue.cli import machine

    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    bus = tmp_path / "i2c-1"
    bus.touch()
    assert "may not be used" in machine._lack_of_bus(bus)


def test_the_clock_of_this_machine_is_fine_enough():
    assert doubts(clock_facts()) == []


def test_the_versions_of_this_machine_suffice():
    facts = list(version_facts())
    assert lacks(facts) == []
    assert {"rascue", "SQLite", "numpy"} <= {fact.subject for fact in facts}


# --- disk --------------------------------------------------------------------------------------


def test_room_on_this_disk_is_compared_with_what_is_asked(tmp_path):
    assert lacks(disk_facts(tmp_path, 0)) == []
    (lack,) = lacks(disk_facts(tmp_path, 10**12))
    assert "store.free_min_mb asks for 1000000000000" in lack


def test_a_file_in_place_of_the_data_folder_is_told(tmp_path):
    place = tmp_path / "data"
    place.touch()
    assert f"{place} cannot be written to" in lacks(disk_facts(place, 0))[0]


@pytest.mark.parametrize(
    ("folder", "kind", "options"),
    [
        ("/home/x", "ext4", ["rw", "relatime"]),
        ("/run/rascue", "tmpfs", ["rw", "nosuid"]),
        ("/running", "ext4", ["rw", "relatime"]),
        ("/media/a disk/rascue", "vfat", ["rw"]),
        ("/data", "f2fs", ["rw"]),
    ],
)
def test_the_file_system_is_that_of_the_deepest_and_last_mount(folder, kind, options):
    assert mount_of(Path(folder), MOUNTS) == (kind, options)


@pytest.mark.parametrize(
    ("mount", "doubted"),
    [
        ("ext4 rw", False),
        ("f2fs rw", False),
        ("ext4 rw,data=writeback", True),
        ("vfat rw", True),
        ("tmpfs rw", True),
    ],
)
def test_a_disk_that_may_lose_a_session_is_doubted(tmp_path, monkeypatch, mount, doubted):
    from rascue.cli import machine

    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/x / {mount} 0 0\n")
    monkeypatch.setattr(machine, "MOUNTS", mounts)
    assert bool(doubts(disk_facts(tmp_path, 0))) is doubted
