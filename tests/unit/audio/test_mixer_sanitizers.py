"""mixer.c under the sanitizers of gcc, fed with random commands by mixer_fuzz.c."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from rascue.audio import mixer_build

DRIVER = Path(__file__).with_name("mixer_fuzz.c")
OPTIONS = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"]


def build(folder: Path, sanitizers: str) -> Path:
    """Compile the driver, or skip where this gcc has no such sanitizer."""
    flags = [f"-fsanitize={sanitizers}", "-fno-sanitize-recover=all"]
    empty = folder / "empty.c"
    empty.write_text("int main(void) { return 0; }\n")
    probe = subprocess.run(
        ["gcc", *flags, str(empty), "-o", str(folder / "empty")], capture_output=True, check=False
    )
    if probe.returncode:
        message = f"this gcc cannot build with -fsanitize={sanitizers}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    program = folder / "fuzz"
    sources = [*(str(mixer_build.FOLDER / name) for name in mixer_build.SOURCES), str(DRIVER)]
    include = f"-I{mixer_build.FOLDER}"
    command = ["gcc", *OPTIONS, *flags, include, *sources, "-pthread", "-lm", "-o", str(program)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return program


def run(program: Path, *arguments: str) -> None:
    result = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_random_commands_break_no_rule_of_memory_or_arithmetic(tmp_path: Path) -> None:
    program = build(tmp_path, "address,undefined")
    for seed in range(5):
        run(program, str(seed), "20000")


def test_two_threads_share_nothing_unguarded(tmp_path: Path) -> None:
    run(build(tmp_path, "thread"), "1", "100000", "threads")
