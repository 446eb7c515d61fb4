"""What the dashboard must be told; built once by the command line and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """Where the dashboard finds things and where it is found.

    Parameters
    ----------
    data_dir
        Folder of ``clinic.sqlite`` and of ``sessions/``, made if it is absent.
    socket_path
        The engine's link socket.
    host, port
        Address to serve; port 0 lets the system choose.
    extra_hosts
        Names under which the device is also reached, beyond its own.
    buses
        I2C bus files to look at for sensors beside those of the machine.
    """

    data_dir: Path
    socket_path: Path
    host: str = "127.0.0.1"
    port: int = 8080
    extra_hosts: tuple[str, ...] = ()
    buses: tuple[str, ...] = ()

    @property
    def clinic_path(self) -> Path:
        """File of accounts, patients, programmes and the audit trail."""
        return self.data_dir / "clinic.sqlite"

    @property
    def sessions_dir(self) -> Path:
        """Folder in which the engine writes session files."""
        return self.data_dir / "sessions"
