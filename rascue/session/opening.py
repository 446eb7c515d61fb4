"""Opens a sound output beside the main thread: a driver, or a server that starts, takes seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rascue.audio.base import AudioOut
from rascue.core.errors import AudioUnavailable
from rascue.core.types import EngineNs

Work = Callable[[], None]
Runner = Callable[[Work], None]


def in_a_thread(work: Work) -> None:
    """Run it in a thread of its own, which the end of the process does not wait for."""
    threading.Thread(target=work, name="sound opening", daemon=True).start()


class Opening:
    """One try to open an output; until it is over nobody else may use the output.

    Parameters
    ----------
    out
        The output; one that was lost is closed first.
    now_ns
        When the try began.
    run
        Runs it somewhere.
    """

    def __init__(self, out: AudioOut, now_ns: EngineNs, run: Runner) -> None:
        self._out = out
        self._now_ns = now_ns
        self._over = threading.Event()
        self._complaint: str | None = None
        self._error: BaseException | None = None
        run(self._open)

    @property
    def is_over(self) -> bool:
        """Whether the output is open or has refused."""
        return self._over.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is over, s at most; return whether it is."""
        return self._over.wait(timeout_s)

    def complaint(self) -> str | None:
        """Return why the output is not open, None when it is; for a try that is over.

        Raises
        ------
        BaseException
            What the output raised besides ``AudioUnavailable``: a defect.
        """
        if self._error is not None:
            raise self._error
        return self._complaint

    def _open(self) -> None:
        try:
            self._out.close()
            self._out.open(self._now_ns)
        except AudioUnavailable as refusal:
            self._complaint = str(refusal)
        except BaseException as error:  # raised again in the main thread
            self._error = error
        self._over.set()
