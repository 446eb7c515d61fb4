"""What the engine takes from the machine: instants, identities, words to the service manager."""

from __future__ import annotations

import socket
import uuid

import pytest

from rascue.session.host import HostClock, boot_id, new_session_id, notify_service_manager


def test_engine_time_never_runs_back():
    clock = HostClock()
    instants = [clock.now_ns() for _ in range(1000)]
    assert instants == sorted(instants)


def test_session_ids_are_version_7_and_all_different():
    ids = [uuid.UUID(new_session_id()) for _ in range(1000)]
    assert {(found.version, found.variant) for found in ids} == {(7, uuid.RFC_4122)}
    assert len(set(ids)) == 1000


def test_session_ids_sort_by_time():
    milliseconds = [uuid.UUID(new_session_id()).int >> 80 for _ in range(100)]
    assert milliseconds == sorted(milliseconds)


def test_the_boot_id_stays():
    assert boot_id() == boot_id() != ""


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_hears_one_line(tmp_path, monkeypatch, abstract):
    address = f"@{tmp_path}/n" if abstract else f"{tmp_path}/n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + address[1:] if abstract else address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify_service_manager("READY=1")
        assert manager.recv(100) == b"READY=1"


def test_without_a_service_manager_nothing_happens(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_service_manager("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "absent"))
    notify_service_manager("READY=1")
