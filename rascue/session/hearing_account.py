"""Ties the account of ears on disk to sessions: what was used before, and what is used now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from rascue.core.errors import StoreError
from rascue.core.events import Record
from rascue.core.faults import FaultCode
from rascue.core.types import SessionHeader, SoundDose
from rascue.store.hearing_ledger import HearingLedger


class HearingAccount:
    """Told of each session and of the records that were stored; called by several threads.

    Parameters
    ----------
    ledger
        The file.
    utc_s
        Returns Unix time, s.
    on_fault
        Called with (code, raised, detail) when the account cannot be written.
    """

    def __init__(
        self,
        ledger: HearingLedger,
        utc_s: Callable[[], int],
        on_fault: Callable[[FaultCode, bool, str], None],
    ) -> None:
        self._ledger = ledger
        self._utc_s = utc_s
        self._on_fault = on_fault
        self._session: SessionHeader | None = None
        self._lock = threading.Lock()

    def used_before(self, subject_code: str) -> float:
        """Return the share of a week's dose that somebody has had in the last seven days.

        Raises
        ------
        StoreError
            When the account cannot be read: nobody knows, so nothing may begin.
        """
        return self._ledger.week_share(subject_code, self._utc_s())

    def begin(self, session: SessionHeader) -> None:
        """Let what is heard from now on belong to a session."""
        with self._lock:
            self._session = session

    def take(self, records: Sequence[Record]) -> None:
        """Write down the newest account among the records."""
        doses = [record for record in records if isinstance(record, SoundDose)]
        with self._lock:
            session = self._session
        if session is None or not doses:
            return
        try:
            self._ledger.keep(
                session.session_id, session.subject_code, self._utc_s(), doses[-1].session_share
            )
        except StoreError as error:
            self._on_fault(FaultCode.STORE_FAILED, True, str(error))

    def close(self) -> None:
        """Let go of the file."""
        self._ledger.close()
