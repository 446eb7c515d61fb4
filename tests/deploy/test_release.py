"""What a release says about itself: licences of what it carries, pins, version, changelog."""

import json
import re
import tomllib
from pathlib import Path

import rascue

ROOT = Path(__file__).parents[2]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_locked_package_is_named_in_notices():
    named = {
        normal(match[1])
        for match in re.finditer(r"^  (\S+) {2,}\S", (ROOT / "NOTICES").read_text("utf-8"), re.M)
    }
    pinned = re.findall(r"^(\S+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.M)
    assert pinned
    assert {normal(name) for name in pinned} - named == set()


def test_browser_libraries_are_pinned_to_one_version_and_hash():
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert set(locked) == {"", *(f"node_modules/{name}" for name in wanted)}
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def test_the_package_and_its_metadata_have_one_version():
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert metadata["project"]["version"] == rascue.__version__


def test_an_older_changelog_entry_never_lacks_its_numbers():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.split(r"^## ", changelog, flags=re.M)[1:]
    assert releases
    assert all("\n### Changed numbers\n" in release for release in releases)
