"""A configuration is read over the defaults; what is not accepted is told in one line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from rascue.config.load import BUILT_IN, load_config
from rascue.config.models import LimitsConfig, RascueConfig
from rascue.core.errors import ConfigError
from rascue.core.limits import HARD_LIMITS, tightened
from rascue.cue.planner import LEAD_MIN_S, BeatPlanner


def refusal(tmp_path: Path, text: str) -> str:
    """Return what is said about a file, without its name in front."""
    path = tmp_path / "device.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as told:
        load_config(path)
    line = str(told.value)
    assert line.startswith(f"{path}: ") or line.startswith(f"{path}, ")
    assert "\n" not in line
    return line.removeprefix(str(path)).lstrip(":, ")


def keys(config: RascueConfig) -> set[str]:
    return {f"{section}.{key}" for section, values in config.model_dump().items() for key in values}


# --- what is accepted --------------------------------------------------------------------------


def test_the_defaults_are_within_the_hard_limits():
    limits = load_config().config.limits.to_limits()
    assert tightened(HARD_LIMITS, limits, "defaults") == limits


def test_every_default_says_that_it_is_built_in():
    assert set(load_config().origins.values()) == {BUILT_IN}


def test_a_file_changes_its_keys_and_leaves_the_others(tmp_path):
    path = tmp_path / "device.toml"
    path.write_text("[engine]\nhorizon_s = 0.5\n", "utf-8")
    loaded = load_config(path)
    changed = loaded.config.model_dump()
    plain = load_config().config.model_dump()
    plain["engine"]["horizon_s"] = 0.5
    assert changed == plain
    assert loaded.origins["engine.horizon_s"] == str(path)
    assert loaded.origins["engine.tick_s"] == BUILT_IN


def test_the_command_line_comes_last(tmp_path):
    path = tmp_path / "device.toml"
    path.write_text('[sensor]\nsource = "replay:a.npz"\nplacement = "left_foot"\n', "utf-8")
    loaded = load_config(path, {"sensor": {"source": "simulated"}})
    assert loaded.config.sensor.source == ("simulated",)
    assert loaded.origins["sensor.source"] == "command line"
    assert loaded.config.sensor.placement == "left_foot"
    assert loaded.origins["sensor.placement"] == str(path)


def test_every_value_that_is_set_has_an_origin():
    loaded = load_config()
    left_out = {key for key in keys(loaded.config) if key not in loaded.origins}
    assert left_out == {"audio.latency_s", "audio.latency_sd_s", "audio.level_offset_db"}


def test_a_configuration_cannot_be_changed_afterwards():
    config = load_config().config
    with pytest.raises(ValueError, match="frozen"):
        config.engine.horizon_s = 1.0  # type: ignore[misc]


def test_limits_reach_the_guard_unchanged():
    config = load_config().config.limits
    assert asdict(config.to_limits()) == config.model_dump()


# --- what is refused ---------------------------------------------------------------------------


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigError) as told:
        load_config(tmp_path / "nowhere.toml")
    assert str(told.value) == f"{tmp_path / 'nowhere.toml'}: there is no such file; check the path"


def test_a_folder_in_place_of_a_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "device.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(path)


def test_wrong_toml_names_the_line(tmp_path):
    assert refusal(tmp_path, "[engine\n").startswith("is not valid TOML: ")
    assert "line 2" in refusal(tmp_path, "[engine]\ntick_s = = 3\n")


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        ("[engine]\nhorizont_s = 0.3\n", "engine.horizont_s", "horizon_s"),
        ("[sensor]\nplacment = ''\n", "sensor.placment", "placement"),
        ("[limits]\ncadence_maximum_spm = 120\n", "limits.cadence_maximum_spm", "cadence_max_spm"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path, text, key, meant):
    assert refusal(tmp_path, text) == f'unknown key "{key}" (did you mean "{meant}"?)'


def test_an_unknown_section_names_the_nearest_known_one(tmp_path):
    told = refusal(tmp_path, "[enigne]\ntick_s = 0.05\n")
    assert told == 'unknown section "[enigne]" (did you mean "engine"?)'


def test_a_key_outside_any_section(tmp_path):
    assert refusal(tmp_path, "engine = 3\n") == '"engine" must be a section, written [engine]'


def test_an_unknown_key_that_resembles_nothing_is_refused_all_the_same(tmp_path):
    assert refusal(tmp_path, "[store]\nqqqq = 1\n") == 'unknown key "store.qqqq"'


@pytest.mark.parametrize(
    ("section", "key", "value", "allowed"),
    [
        ("engine", "tick_s", "0.5", "less than or equal to 0.2"),
        ("engine", "horizon_s", "0.0", "greater than or equal to 0.1"),
        ("audio", "rate_hz", "4000", "greater than or equal to 8000"),
        ("dashboard", "port", "0", "greater than or equal to 1"),
        ("dashboard", "port", "70000", "less than or equal to 65535"),
        ("store", "free_min_mb", "-1", "greater than or equal to 0"),
        ("limits", "level_max_dbfs", "0.0", "less than or equal to -6"),
        ("limits", "cadence_max_spm", "nan", "less than or equal to 180"),
    ],
)
def test_a_value_out_of_range_names_key_value_and_range(tmp_path, section, key, value, allowed):
    told = refusal(tmp_path, f"[{section}]\n{key} = {value}\n")
    shown = value if value in {"nan"} else str(float(value) if "." in value else int(value))
    assert told == f'key "{section}.{key}" = {shown} is not accepted: input should be {allowed}'


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("engine", "tick_s", '"fast"'),
        ("sensor", "source", "3"),
        ("audio", "block_frames", "12.5"),
        ("dashboard", "allowed_hosts", '"box.local"'),
        ("limits", "fade_s", "inf"),
    ],
)
def test_a_value_of_the_wrong_type_names_key_and_value(tmp_path, section, key, value):
    told = refusal(tmp_path, f"[{section}]\n{key} = {value}\n")
    assert told.startswith(f'key "{section}.{key}" = ')
    assert "is not accepted" in told


@pytest.mark.parametrize("name", sorted(LimitsConfig.model_fields))
def test_no_limit_can_be_widened_beyond_the_hard_one(tmp_path, name):
    hard = getattr(HARD_LIMITS, name)
    lower = name in {"cadence_min_spm", "interval_min_s"}
    wider = hard * 0.9 if lower else hard + 0.1 * abs(hard)
    told = refusal(tmp_path, f"[limits]\n{name} = {wider!r}\n")
    assert told.startswith(f'key "limits.{name}" = ')


def test_a_horizon_too_short_for_the_tick_is_refused(tmp_path):
    told = refusal(tmp_path, "[engine]\ntick_s = 0.1\nhorizon_s = 0.15\n")
    assert told == ("section [engine]: horizon_s = 0.15 must be at least tick_s + 0.1 s, here 0.2")


@pytest.mark.parametrize(
    "text", ["cadence_max_spm = 39.0", "cadence_min_spm = 161.0", "interval_min_s = 2.0"]
)
def test_limits_that_leave_no_tempo_are_refused(tmp_path, text):
    assert refusal(tmp_path, f"[limits]\n{text}\n").startswith("section [limits]: cadence_min_spm")


@pytest.mark.parametrize(("tick_s", "horizon_s"), [(0.01, 0.11), (0.05, 0.15), (0.2, 0.3)])
def test_the_shortest_horizon_accepted_suits_the_planner(tmp_path, tick_s, horizon_s):
    path = tmp_path / "device.toml"
    path.write_text(f"[engine]\ntick_s = {tick_s}\nhorizon_s = {horizon_s}\n", "utf-8")
    engine = load_config(path).config.engine
    assert BeatPlanner(engine.horizon_s) is not None
    assert engine.horizon_s - LEAD_MIN_S >= engine.tick_s - 1e-9
