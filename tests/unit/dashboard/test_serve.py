import socket
from contextlib import closing

import pytest

from rascue.core.errors import RascueError, StoreError
from rascue.dashboard.serve import serve
from rascue.dashboard.settings import DashboardSettings


def test_a_busy_port_is_named_with_the_way_out(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        port = busy.getsockname()[1]
        settings = DashboardSettings(tmp_path, tmp_path / "link.sock", port=port)
        with pytest.raises(RascueError, match=f"127.0.0.1 port {port}.*--port"):
            serve(settings)


def test_a_clinic_file_that_cannot_be_used_frees_the_port(tmp_path):
    (tmp_path / "clinic.sqlite").write_bytes(b"rubbish" * 1000)
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(StoreError):
        serve(DashboardSettings(tmp_path, tmp_path / "link.sock", port=port))
    socket.create_server(("127.0.0.1", port)).close()
