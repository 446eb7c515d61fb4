"""Patients under pseudonyms: a code the device gives, and a label that must not be a name."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.database import ClinicDatabase

LABEL_MAX_CHARACTERS = 80

NEW_PATIENT = "new"
"""Stands for somebody without a code yet where a patient is asked for."""

# Two words that both begin with a capital, or a date: looks like a person, so say so.
_LOOKS_PERSONAL = re.compile(
    r"\b[^\W\d_a-z][^\W\d_]+\s+[^\W\d_a-z][^\W\d_]+\b|\d{1,4}[./-]\d{1,2}[./-]\d"
)


@dataclass(frozen=True, slots=True)
class Patient:
    """One person under a pseudonym.

    ``code`` ("P-0007") is what the engine, files and exports see; ``id`` is unique in the world.
    """

    code: str
    id: str
    label: str
    created_utc: str


class Patients:
    """Patients in the clinic file."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def get_or_add(self, code: str, now: datetime) -> Patient:
        """Return the patient with this code; for ``NEW_PATIENT`` a new one without a label."""
        return self.add("", now) if code == NEW_PATIENT else self.get(code)

    def all(self) -> list[Patient]:
        """Return all patients, the newest first."""
        rows = self._database.rows(
            "SELECT number, id, label, created_utc FROM patient ORDER BY number DESC"
        )
        return [_patient(row) for row in rows]

    def get(self, code: str) -> Patient:
        """Return the patient with this code.

        Raises
        ------
        WrongUse
            When there is none.
        """
        for patient in self.all():
            if patient.code == code:
                return patient
        raise WrongUse(f"There is no patient {code or 'chosen'}; choose one from the list.")

    def add(self, label: str, now: datetime) -> Patient:
        """Give the next code to a new patient.

        Raises
        ------
        WrongUse
            When the label is too long.
        """
        label = " ".join(label.split())
        if len(label) > LABEL_MAX_CHARACTERS:
            raise WrongUse(f"Keep the label to {LABEL_MAX_CHARACTERS} characters.")
        with self._database.transaction() as connection:
            patient_id, created_utc = uuid.uuid4().hex, now.isoformat()
            connection.execute(
                "INSERT INTO patient (id, label, created_utc) VALUES (?, ?, ?)",
                (patient_id, label, created_utc),
            )
            number = connection.last_insert_rowid()
        return _patient((number, patient_id, label, created_utc))


def looks_personal(label: str) -> bool:
    """Return True for a label that may be a name or a date of birth."""
    return _LOOKS_PERSONAL.search(label) is not None


def _patient(row: tuple[int, str, str, str]) -> Patient:
    number, *rest = row
    return Patient(f"P-{number:04d}", *rest)
