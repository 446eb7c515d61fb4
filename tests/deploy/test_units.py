"""The systemd units say what systemd understands, and give the services no more than they need."""

import configparser
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

UNITS = ("rascue-engine.service", "rascue-dashboard.service")
PROGRAM = "opt/rascue/venv/bin/rascue"
MAX_EXPOSURE = 2.0


def read_unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Sections of a unit file; a key may stand more than once."""
    sections: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            sections.setdefault(section, {}).setdefault(key, []).append(value)
    return sections


@pytest.fixture
def analyze(need_program: Callable[[str, str], str]) -> Callable[..., subprocess.CompletedProcess]:
    program = need_program("systemd-analyze", "systemd")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess:
        return subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=60, check=False
        )

    return run


@pytest.fixture
def system_root(tmp_path: Path, deploy_dir: Path) -> Path:
    """A file tree as on a device after installation: our units, systemd's own, our program."""
    root = tmp_path / "root"
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(deploy_dir / "systemd" / name, units)
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    (root / "lib").symlink_to("usr/lib")
    program = root / PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    return root


def test_systemd_has_nothing_to_say_about_the_units(analyze, system_root):
    result = analyze("verify", f"--root={system_root}", *UNITS)
    assert result.stdout + result.stderr == ""
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("breakage", "complaint"),
    [
        (("WatchdogSec=10", "WatchdogSek=10"), "Unknown key"),
        (("LimitRTPRIO=40", "LimitRTPRIO=often"), "Failed to parse"),
        (("/venv/bin/rascue", "/venv/bin/nothing"), "not executable"),
    ],
)
def test_the_check_above_would_notice(analyze, system_root, breakage, complaint):
    # systemd-analyze ends with 0 for an unknown key, so only its output tells.
    unit = system_root / "etc/systemd/system" / UNITS[0]
    text = unit.read_text(encoding="utf-8")
    assert breakage[0] in text
    unit.write_text(text.replace(*breakage), encoding="utf-8")
    result = analyze("verify", f"--root={system_root}", UNITS[0])
    assert complaint in result.stdout + result.stderr


@pytest.mark.parametrize("name", UNITS)
def test_exposure_is_low(analyze, deploy_dir, name):
    unit = deploy_dir / "systemd" / name
    threshold = round(MAX_EXPOSURE * 10)
    result = analyze("security", "--offline=true", f"--threshold={threshold}", "--no-pager", unit)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", result.stdout)
    assert exposure is not None, result.stderr
    assert float(exposure[1]) <= MAX_EXPOSURE, result.stdout
    assert result.returncode == 0


def test_both_services_share_one_user_and_its_data(deploy_dir):
    services = [read_unit(deploy_dir / "systemd" / name)["Service"] for name in UNITS]
    for key in ("User", "Group", "StateDirectory", "StateDirectoryMode", "UMask"):
        assert services[0][key] == services[1][key]
    assert services[0]["StateDirectoryMode"] == ["0700"]
    assert all("DynamicUser" not in service for service in services)


def test_the_engine_has_no_network_and_the_dashboard_no_devices(deploy_dir):
    engine, dashboard = (read_unit(deploy_dir / "systemd" / name)["Service"] for name in UNITS)
    assert engine["PrivateNetwork"] == ["yes"]
    assert engine["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert dashboard["PrivateDevices"] == ["yes"]
    assert "DeviceAllow" not in dashboard


def test_the_engine_does_not_depend_on_the_dashboard(deploy_dir):
    text = (deploy_dir / "systemd" / UNITS[0]).read_text(encoding="utf-8")
    assert UNITS[1] not in text


def test_what_the_services_import_needs_no_memory_that_is_writable_and_executable():
    # MemoryDenyWriteExecute=yes, as the kernel itself offers it (Linux 6.3 and newer).
    code = """
import ctypes, sys
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
    sys.exit(77)
import apsw, argon2, cffi, fastapi, jinja2, numpy, pydantic, scipy.signal, serial, smbus2
import sounddevice, uvicorn
argon2.PasswordHasher().hash("")
"""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if result.returncode == 77:
        pytest.skip("this kernel cannot refuse writable and executable memory by itself (< 6.3)")
    assert result.returncode == 0, result.stderr


def test_settings_of_systemd_parse(deploy_dir):
    for name in ("watchdog.conf", "journald.conf"):
        parser = configparser.ConfigParser()
        parser.read_string((deploy_dir / "system" / name).read_text(encoding="utf-8"))
        assert parser.sections()


def test_the_hardware_watchdog_is_slower_than_the_engine_is_restarted(deploy_dir):
    # Otherwise a hanging engine would cost a restart of the whole machine.
    engine = read_unit(deploy_dir / "systemd" / UNITS[0])["Service"]
    assert float(engine["RestartSec"][0]) <= 1
    assert engine["Restart"] == ["always"]
