"""Which sound a patient walks with, chosen by ear; it takes the place of what a programme names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from rascue.core.types import ProgramStep, SessionProgram
from rascue.dashboard.clinic.database import ClinicDatabase


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """A sound as it stands in a block of a programme: name, accents, and how full music is."""

    sound: str
    accent_every: int
    intensity: float


class PatientSounds:
    """Choices in the clinic file; a patient without one hears what the programme says."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def of(self, patient: str) -> SoundChoice | None:
        """Return the choice for the patient with this code, or None."""
        rows = self._database.rows(
            "SELECT sound, accent_every, intensity FROM patient_sound WHERE patient = ?", patient
        )
        return SoundChoice(*rows[0]) if rows else None

    def keep(self, patient: str, choice: SoundChoice, author: str, now: datetime) -> None:
        """Keep a choice in place of an earlier one."""
        row = (patient, choice.sound, choice.accent_every, choice.intensity, author)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO patient_sound VALUES (?, ?, ?, ?, ?, ?)",
                (*row, now.isoformat()),
            )

    def forget(self, patient: str) -> None:
        """Go back to what programmes say."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM patient_sound WHERE patient = ?", (patient,))


def with_choice(program: SessionProgram, choice: SoundChoice | None) -> SessionProgram:
    """Return the programme with a choice in all its cued blocks.

    A block that lets the music grow keeps doing so, between its own values.
    """
    if choice is None:
        return program
    return replace(program, steps=tuple(_chosen(step, choice) for step in program.steps))


def _chosen(step: ProgramStep, choice: SoundChoice) -> ProgramStep:
    if not step.strategy:
        return step
    intensity = step.intensity if step.end_intensity is not None else choice.intensity
    return replace(step, sound=choice.sound, accent_every=choice.accent_every, intensity=intensity)
