from datetime import UTC, datetime, timedelta

from rascue.dashboard.access.attempts import KEYS_MAX, LONGEST_WAIT, Attempts
from rascue.dashboard.access.setup_code import SetupCode

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_five_failures_are_free_then_waits_double_up_to_a_bound():
    attempts, now, waits = Attempts(), NOW, []
    for _ in range(14):
        waits.append(attempts.wait("a", now).total_seconds())
        now += attempts.wait("a", now)
        attempts.failed("a", now)
    assert waits[:8] == [0, 0, 0, 0, 0, 15, 30, 60]
    assert waits[-1] == LONGEST_WAIT.total_seconds()


def test_keys_do_not_disturb_each_other_and_success_forgets():
    attempts = Attempts()
    for _ in range(6):
        attempts.failed("a", NOW)
    assert attempts.wait("b", NOW) == timedelta()
    attempts.succeeded("a")
    assert attempts.wait("a", NOW) == timedelta()


def test_memory_is_bounded():
    attempts = Attempts()
    for k in range(KEYS_MAX + 10):
        for _ in range(5):
            attempts.failed(str(k), NOW)
    assert attempts.wait("0", NOW) == timedelta()
    assert attempts.wait(str(KEYS_MAX + 9), NOW) > timedelta()


def issued():
    console = []
    code = SetupCode(console.append)
    assert code.issue(NOW)
    digits = console[0].split(": ")[1].split("  ")[0]
    return code, digits, console


def test_the_code_fits_with_and_without_its_blank():
    code, digits, _ = issued()
    assert len(digits.replace(" ", "")) == 8
    assert code.fits(digits, NOW)
    assert code.fits(digits.replace(" ", ""), NOW)
    assert not code.fits("", NOW)


def test_nothing_fits_before_a_code_exists_and_after_it_was_used():
    assert not SetupCode(lambda _: None).fits("", NOW)
    code, digits, _ = issued()
    code.use_up()
    assert not code.fits(digits, NOW)


def test_codes_differ():
    assert len({issued()[1] for _ in range(5)}) > 1
