"""Fifty engines killed in mid-session: what people were told is in the file, and it replays."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rascue.core.types import EngineNs, ImuBlock
from rascue.link.messages import encode
from rascue.session.snapshot import events_of
from rascue.session.verify import verify
from rascue.simulate.source import BEHIND_S, BLOCK_S
from rascue.store.reader import SessionReader
from tests.service.harness import REPOSITORY, Client, Message, kill, session_files

KILLS = 50
AT_ONCE = 17
"""Sessions that run beside each other; each needs a few percent of a core."""

LOST_MAX_S = 1.0
"""Raw samples that a kill may cost. Source: issue 2."""


class EngineForks:
    """Starts engines without the time that imports take; may be asked from several threads."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()

    def start(self, data: Path) -> int:
        """Start an engine on a data folder; return its process id."""
        with self._lock:
            self._process.stdin.write(f"{data}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


@contextmanager
def engine_forks() -> Iterator[EngineForks]:
    command = [sys.executable, "-m", "tests.service.forked_engines"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield EngineForks(process)
        process.stdin.close()


@dataclass(frozen=True, slots=True)
class Killed:
    """A session cut short: what a client had received of it, and when the engine was killed."""

    path: Path
    told: list[Message]
    killed_ns: int


def killed_session(forks: EngineForks, data: Path, after_s: float) -> Killed:
    """Kill an engine so long after the start of a session."""
    pid = forks.start(data)
    with Client(data) as client:
        client.start()
        client.read_for(after_s)
        killed_ns = kill(pid)
        client.drain()
    (path,) = session_files(data)
    return Killed(path, told_of_session(client.seen), killed_ns)


def told_of_session(seen: list[Message]) -> list[Message]:
    """Return the events from the first record of the session on."""
    events = [message for message in seen if message["type"] == "event"]
    first = next(k for k, event in enumerate(events) if "block 1 of" in str(event["data"]))
    return events[first:]


def counted(events: list[Message]) -> Counter[str]:
    return Counter(json.dumps([event["kind"], event["data"]], sort_keys=True) for event in events)


def stored_events(reader: SessionReader) -> list[Message]:
    records = [record for _, outputs in reader.inputs() for record in outputs]
    return [json.loads(encode(event)) for event in events_of(records)]


def last_sample_ns(reader: SessionReader) -> EngineNs:
    return max(given.last_ns for given, _ in reader.inputs() if isinstance(given, ImuBlock))


@pytest.mark.slow
def test_fifty_kills_lose_nothing_that_was_told(data):
    rng = np.random.default_rng(0)
    folders = [data.with_name(f"d{number}") for number in range(KILLS)]
    lengths_s = [float(length_s) for length_s in rng.uniform(0.5, 5.0, KILLS)]
    with engine_forks() as forks, ThreadPoolExecutor(AT_ONCE) as pool:
        killed = list(pool.map(partial(killed_session, forks), folders, lengths_s))
    told_count: Counter[str] = Counter()
    lost_s = []
    for one in killed:
        with SessionReader(one.path) as reader:
            assert not reader.summary().closed
            missing = counted(one.told) - counted(stored_events(reader))
            lost_s.append((one.killed_ns - last_sample_ns(reader)) / 1e9 - BEHIND_S - BLOCK_S)
        assert not missing, f"told, but not in {one.path}"
        assert verify(one.path).differences == ()
        told_count.update(event["kind"] for event in one.told)
    print(f"\n{KILLS} kills, events told: {dict(told_count)}")
    print(f"samples lost: p50 {np.median(lost_s):.2f} s, most {max(lost_s):.2f} s")
    assert min(told_count[kind] for kind in ("step", "beat", "decision", "fault")) >= KILLS
    assert max(lost_s) <= LOST_MAX_S
