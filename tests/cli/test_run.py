"""``rascue run`` starts a dead child again, soon, and gives up on one that cannot work here."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from rascue.cli import run
from rascue.cli.run import GIVE_UP_AFTER_QUICK_DEATHS, RESTART_AFTER_S, Child
from rascue.core.errors import RascueError

KILLED = -signal.SIGKILL


class Clock:
    """The supervisor's time, moved by hand."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(run, "time", made)
    return made


class Scripted(Child):
    """A child whose processes are real and end at once, each in the way the test says."""

    n_started = 0

    def _start(self, now_s: float) -> None:
        self.n_started += 1
        self.process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.started_s = now_s

    def dies(self, status: int) -> None:
        """Let the process end with a status; negative is by that signal."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.returncode = status


@pytest.fixture
def child(clock):
    made = Scripted("engine", [])
    made.look()
    yield made
    if made.process is not None:
        made.end()
        made.process.stdin.close()


def back_after_s(child: Scripted, clock: Clock) -> float:
    """Return how long the supervisor waits before it starts the dead child again."""
    died_s, known = clock.now_s, child.n_started
    child.look()
    while child.n_started == known:
        clock.now_s += run.LOOK_EVERY_S
        child.look()
    return clock.now_s - died_s


def test_a_child_is_started_once_and_left_alone(child, clock):
    for _ in range(20):
        clock.now_s += 1.0
        child.look()
    assert child.n_started == 1


def test_a_killed_child_comes_back_soon_however_often(child, clock):
    waits_s = []
    for _ in range(50):
        clock.now_s += 1.5
        child.dies(KILLED)
        waits_s.append(back_after_s(child, clock))
    assert max(waits_s) <= max(RESTART_AFTER_S) + 2 * run.LOOK_EVERY_S
    assert waits_s[0] <= 2 * run.LOOK_EVERY_S


def test_a_child_that_ran_calmly_comes_back_at_once(child, clock):
    for _ in range(5):
        clock.now_s += 1.5
        child.dies(KILLED)
        back_after_s(child, clock)
    clock.now_s += 3600.0
    child.dies(KILLED)
    assert back_after_s(child, clock) <= 2 * run.LOOK_EVERY_S


@pytest.mark.parametrize("status", [1, 2])
def test_a_child_that_refuses_at_its_first_start_is_not_started_again(child, clock, status):
    clock.now_s += 1.0
    child.dies(status)
    with pytest.raises(RascueError, match=f"the engine ends at once, status {status}; see above"):
        child.look()
    assert child.n_started == 1


def test_a_child_that_has_served_is_started_again_after_a_failure(child, clock):
    clock.now_s += 60.0
    child.dies(1)
    back_after_s(child, clock)
    assert child.n_started == 2


def test_a_child_that_crashes_at_once_again_and_again_is_given_up(child, clock):
    for _ in range(GIVE_UP_AFTER_QUICK_DEATHS - 1):
        child.dies(-signal.SIGSEGV)
        back_after_s(child, clock)
    child.dies(-signal.SIGSEGV)
    with pytest.raises(RascueError, match="the engine ends at once, status -11"):
        child.look()
    assert child.n_started == GIVE_UP_AFTER_QUICK_DEATHS


def test_ending_ends_the_process_even_one_that_will_not(child, monkeypatch):
    monkeypatch.setattr(run, "END_WITHIN_S", 0.0)
    process = child.process
    child.end()
    assert process.returncode in {-signal.SIGTERM, KILLED}


def test_ending_what_never_ran_is_harmless():
    Child("engine", []).end()
