"""The install script can be run again, says what it does, and keeps what is not its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

STOCK_CONFIG = "[all]\ndtparam=audio=on\ndtoverlay=vc4-kms-v3d\nmax_framebuffers=2\n"
BEGIN, END = "# >>> rascue >>>", "# <<< rascue <<<"


@pytest.fixture
def install(deploy_dir: Path) -> Callable[..., subprocess.CompletedProcess]:
    def run(*arguments: str | Path) -> subprocess.CompletedProcess:
        return subprocess.run(
            [deploy_dir / "install.sh", *arguments],
            capture_output=True, text=True, timeout=120, check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip

    return run


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """The part of a Raspberry Pi's file system that matters here."""
    config = tmp_path / "boot/firmware/config.txt"
    config.parent.mkdir(parents=True)
    config.write_text(STOCK_CONFIG, encoding="utf-8")
    return tmp_path


def all_files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_second_run_changes_nothing(install, card):
    first = install("--files-only", card)
    assert first.returncode == 0, first.stderr
    after_first = all_files(card)
    assert "etc/systemd/system/rascue-engine.service" in after_first
    second = install("--files-only", card)
    assert second.returncode == 0, second.stderr
    assert all_files(card) == after_first
    assert "written" not in second.stdout


def test_boot_lines_are_added_and_the_rest_is_kept(install, card):
    install("--files-only", card)
    config = (card / "boot/firmware/config.txt").read_text(encoding="utf-8")
    assert config.startswith(STOCK_CONFIG)
    block = config[len(STOCK_CONFIG) :].splitlines()
    assert (block[0], block[-1]) == (BEGIN, END)
    assert "dtoverlay=hifiberry-dac" in block
    assert (card / "boot/firmware/config.txt.before-rascue").read_text("utf-8") == STOCK_CONFIG


@pytest.mark.parametrize(
    ("dac", "overlays"),
    [("usb", []), ("iqaudio-dacplus", ["dtoverlay=iqaudio-dacplus"])],
)
def test_another_sound_card_replaces_the_block(install, card, dac, overlays):
    install("--files-only", card)
    result = install("--files-only", card, "--dac", dac)
    assert result.returncode == 0, result.stderr
    lines = (card / "boot/firmware/config.txt").read_text(encoding="utf-8").splitlines()
    assert lines.count(BEGIN) == lines.count(END) == 1
    ours = lines[lines.index(BEGIN) :]
    sound = [x for x in ours if x.startswith("dtoverlay=") and x != "dtoverlay="]
    button = next(x for x in sound if x.startswith("dtoverlay=gpio-key,gpio=23,"))
    assert [x for x in sound if x != button] == overlays


def test_configuration_of_the_device_is_never_overwritten(install, card):
    own = card / "etc/rascue/rascue.toml"
    own.parent.mkdir(parents=True)
    own.write_text("# mine\n", encoding="utf-8")
    result = install("--files-only", card)
    assert own.read_text(encoding="utf-8") == "# mine\n"
    assert "kept: /etc/rascue/rascue.toml" in result.stdout


def test_a_machine_without_config_txt_is_no_error(install, tmp_path):
    result = install("--files-only", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "not a Raspberry Pi" in result.stdout


def test_dry_run_changes_nothing(install, card):
    before = all_files(card)
    result = install("--dry-run", "--files-only", card)
    assert result.returncode == 0, result.stderr
    assert all_files(card) == before
    assert "would write" in result.stdout


def test_dry_run_names_every_kind_of_step(install):
    result = install("--dry-run")
    assert result.returncode == 0, result.stderr
    for word in ("system packages", "rascue", "/opt/rascue/releases/", "rascue-engine.service"):
        assert word in result.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--danc", "usb"], "--danc"),
        (["--dac"], "--dac"),
        (["--dac", "a b; reboot"], "--dac"),
        (["--files-only", ""], "--files-only"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_option(install, arguments, named):
    result = install(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_scripts_have_no_known_shell_mistakes(need_program, deploy_dir):
    ci = deploy_dir.parent / ".ci"
    scripts = sorted([*deploy_dir.rglob("*.sh"), *ci.glob("*.sh"), ci / "run"])
    result = subprocess.run(
        [need_program("shellcheck", "shellcheck"), *scripts],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.stdout + result.stderr == ""
