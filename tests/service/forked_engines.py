"""Run by ``test_kills.py``: one engine after another without the time that imports take.

Reads data folders from standard input, one a line; forks an engine for each and answers with its
process id. What runs is ``rascue engine``; only its modules are loaded already.
"""

from __future__ import annotations

import os
import signal
import sys

import rascue.cli.engine
import rascue.session.shell  # noqa: F401 - loaded once for all
from rascue.cli import main
from tests.service.harness import SOURCE


def fork_engine(data: str) -> int:
    child = os.fork()
    if child == 0:
        os._exit(main(["engine", "--data", data, *SOURCE]))
    return child


def serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        print(fork_engine(line.strip()), flush=True)


if __name__ == "__main__":
    serve()
