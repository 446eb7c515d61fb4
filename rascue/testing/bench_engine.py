"""How much the engine computes for each block of samples, and how fast a replay can be.

Times are also given as a share of the time that the samples themselves last, so that machines can
be compared: 1 % means that a second of walking costs 10 ms.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np

from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.config.load import load_config
from rascue.config.program import find_program, program_to_dict
from rascue.core.clock import after
from rascue.core.events import EngineInput, Tick
from rascue.core.types import EngineNs, ImuBlock, Placement, SourceInfo
from rascue.sensor.recording import Recording, recording_of_blocks
from rascue.session.commands import command_at, start_args
from rascue.session.engine import Engine
from rascue.session.offline import StatusFilter
from rascue.session.recorded import START_NS, run_recording
from rascue.session.sound import apply_sound
from rascue.session.verify import verify
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import load_scenario
from rascue.testing.bench_table import BenchTable, Cell

BLOCK_SAMPLES = 10
WALK_S = 120.0
"""Long enough for one block in a hundred to be more than ten."""

WARM_UP = 50
"""First turns that are left out: memory is asked for and caches are filled."""

PROGRAM = "meet_and_lead"


class Turns:
    """An engine in a session, fed as the shell feeds it.

    ``work_s`` holds the processor time of each call, which other work on the machine leaves alone.
    """

    def __init__(self, infos: Sequence[SourceInfo]) -> None:
        config = load_config().config
        self._tick_s = config.engine.tick_s
        self._out = SilentOut("", AudioOutSettings())
        self._out.open(START_NS)
        self._filter = StatusFilter()
        self._now_ns = START_NS
        self._engine = Engine(config, infos, self._out.capabilities, START_NS)
        self.work_s: dict[str, list[float]] = {"block": [], "tick": [], "turn": []}
        args = start_args(
            program_to_dict(find_program(PROGRAM)), "bench", session_id="bench", boot_id="bench"
        )
        self._call(command_at(START_NS, "start", 0, args))

    def feed(self, blocks: Sequence[ImuBlock]) -> None:
        """Let time pass up to the samples, then hand them over; one turn."""
        ticks_s = 0.0
        while self._now_ns < blocks[0].last_ns:
            self._now_ns = after(self._now_ns, self._tick_s)
            status = self._out.poll(self._now_ns)
            if self._filter.passes(status):
                ticks_s += self._call(status)
            tick_s = self._call(Tick(self._now_ns))
            self.work_s["tick"].append(tick_s)
            ticks_s += tick_s
        blocks_s = [self._call(block) for block in blocks]
        self.work_s["block"] += blocks_s
        self.work_s["turn"].append(ticks_s + sum(blocks_s))

    def _call(self, given: EngineInput) -> float:
        begun_s = thread_time()
        effects = self._engine.handle(given)
        took_s = thread_time() - begun_s
        apply_sound(effects, self._out)
        return took_s


def work_table() -> BenchTable:
    """Return the engine's work for each block of ten samples."""
    rows = [
        row
        for name, placements in (
            ("lower back", (Placement.LOWER_BACK,)),
            ("two feet", (Placement.LEFT_FOOT, Placement.RIGHT_FOOT)),
        )
        for row in _work_rows(name, placements)
    ]
    return BenchTable(
        f"Engine work per block of {BLOCK_SAMPLES} samples ({WALK_S:.0f} s simulated walk)",
        ("processor time of", "p50 ms", "p99 ms", "most ms", "share of real time %"),
        tuple(rows),
        "A turn is all that is done from one block to the next: blocks, sound status and ticks.",
    )


def replay_table() -> BenchTable:
    """Return how much faster than walking a whole session is replayed and verified."""
    recording = _walk((Placement.LOWER_BACK,))
    with tempfile.TemporaryDirectory(prefix="rascue-") as folder:
        path = Path(folder) / "session.sqlite"
        begun_s = perf_counter()
        out = SilentOut("", AudioOutSettings())
        run_recording(recording, find_program(PROGRAM), load_config().config, out, path)
        replayed_s = perf_counter() - begun_s
        verify(path)
        verified_s = perf_counter() - begun_s - replayed_s
        mb_per_h = path.stat().st_size / 1e6 / recording.duration_s * 3600.0
    return BenchTable(
        "Whole sessions",
        ("what", "value", "unit"),
        (
            ("replay: engine, mixer and session file", WALK_S / replayed_s, "x real time"),
            ("verify", WALK_S / verified_s, "x real time"),
            ("session file", mb_per_h, "MB per hour"),
        ),
    )


def _work_rows(name: str, placements: tuple[Placement, ...]) -> list[tuple[Cell, ...]]:
    person = _person(placements)
    turns = Turns(person.infos)
    period_s = BLOCK_SAMPLES / person.infos[0].rate_hz
    for count in range(1, round(WALK_S / period_s) + 1):
        at_ns = after(START_NS, count * period_s)
        made = [person.block(sensor, at_ns) for sensor in range(len(placements))]
        turns.feed([block for block in made if block is not None])
    return [
        (f"{name}: {what}", *_figures(turns.work_s[what], period_s if what == "turn" else None))
        for what in ("block", "tick", "turn")
    ]


def _figures(work_s: list[float], period_s: float | None) -> tuple[Cell, ...]:
    """Return median, 99 % and largest in ms, and the share of the time that passes, %."""
    kept = np.array(work_s[WARM_UP:])
    share = None if period_s is None else 100.0 * float(kept.mean()) / period_s
    p50, p99, most = (1e3 * float(np.quantile(kept, q)) for q in (0.5, 0.99, 1.0))
    return p50, p99, most, share


def _person(placements: tuple[Placement, ...]) -> SimulatedPerson:
    scenario = replace(load_scenario("demo"), placements=placements)
    return SimulatedPerson(scenario, seed=1, start_ns=START_NS)


def _walk(placements: tuple[Placement, ...]) -> Recording:
    person = _person(placements)
    ends = (EngineNs(after(START_NS, float(second))) for second in range(1, round(WALK_S) + 1))
    made = [person.block(0, end_ns) for end_ns in ends]
    return recording_of_blocks(person.infos[0], [block for block in made if block is not None])
