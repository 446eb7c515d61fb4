"""Every "FIELD [n]" and "FIELD Cn" in the code can be looked up in docs/sources.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/sources.md").read_text()
MENTION = re.compile(r"\bFIELD(?P<what>[^\"\n]{0,60})")
SUFFIXES = {".py", ".c", ".h", ".toml"}


def mentions() -> Iterator[tuple[str, str]]:
    """Yield file and words of each mention of the field study."""
    for folder in ("rascue", "firmware_bridge"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in SUFFIXES:
                for found in MENTION.finditer(path.read_text()):
                    yield str(path.relative_to(ROOT)), found["what"]


def test_every_reference_is_on_the_page() -> None:
    unknown = []
    for file, words in mentions():
        numbers = "".join(re.findall(r"^(?: [A-E]?[\d.]+)?,? ?((?:\[\d+[a-c]?\])+)", words))
        unknown += [
            (file, number)
            for number in re.findall(r"\[\d+[a-c]?\]", numbers)
            if f"| {number} |" not in PAGE
        ]
    assert not unknown


def test_every_algorithm_is_on_the_page() -> None:
    named = {(file, name) for file, words in mentions() for name in re.findall(r"^ (C\d+)", words)}
    assert named
    assert not [(file, name) for file, name in named if f"| {name} |" not in PAGE]
