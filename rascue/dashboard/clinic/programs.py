"""Programmes to choose from: the shipped ones, and edited copies kept version by version."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

from rascue.config.program import (
    load_program,
    program_from_dict,
    program_to_dict,
    shipped_programs,
)
from rascue.core.errors import WrongUse
from rascue.core.types import SessionProgram
from rascue.dashboard.clinic.database import ClinicDatabase

_NAME_MAX_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class KeptProgram:
    """A programme and where it comes from; a shipped one cannot be changed, only copied."""

    program: SessionProgram
    shipped: bool
    author: str = ""
    created_utc: str = ""


class Programs:
    """Shipped programmes and those in the clinic file."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def all(self) -> list[KeptProgram]:
        """Return the newest version of each, own copies first."""
        shipped = [KeptProgram(load_program(path), True) for path in shipped_programs().values()]
        return [*self._own(), *shipped]

    def get(self, name: str) -> KeptProgram:
        """Return the newest version of one.

        Raises
        ------
        WrongUse
            When there is none of this name.
        """
        for kept in self.all():
            if kept.program.name == name:
                return kept
        raise WrongUse(f"There is no programme {name or 'chosen'}; choose one from the list.")

    def copy(self, name: str, title: str, author: str, now: datetime) -> KeptProgram:
        """Keep a copy of a programme under a new title.

        Raises
        ------
        WrongUse
            When the title is empty or another programme has it.
        """
        original = self.get(name).program
        title = " ".join(title.split())
        new_name = _name_of(title)
        if not new_name:
            raise WrongUse("Give the copy a title with letters or digits.")
        if any(kept.program.name == new_name for kept in self.all()):
            raise WrongUse(f"There is already a programme like “{title}”; choose another title.")
        return self._keep(replace(original, name=new_name, title=title), author, now)

    def save(self, program: SessionProgram, author: str, now: datetime) -> KeptProgram:
        """Keep a new version of an own programme; older ones stay for sessions that ran them.

        Raises
        ------
        WrongUse
            When it is shipped, unknown, or holds a value that is not allowed.
        """
        if self.get(program.name).shipped:
            raise WrongUse(
                "A programme that came with the device cannot be changed; copy it first."
            )
        return self._keep(program, author, now)

    def _keep(self, program: SessionProgram, author: str, now: datetime) -> KeptProgram:
        with self._database.transaction() as connection:
            last = connection.execute(
                "SELECT max(version) FROM program WHERE name = ?", (program.name,)
            ).get
            version = (last or 0) + 1
            table = program_to_dict(replace(program, version=str(version)))
            checked = program_from_dict(table, f"programme “{program.title}”")
            connection.execute(
                "INSERT INTO program VALUES (?, ?, ?, ?, ?)",
                (program.name, version, json.dumps(table), author, now.isoformat()),
            )
        return KeptProgram(checked, False, author, now.isoformat())

    def _own(self) -> list[KeptProgram]:
        rows = self._database.rows(
            "SELECT name, max(version), table_json, author, created_utc FROM program "
            "GROUP BY name ORDER BY created_utc DESC"
        )
        return [
            KeptProgram(program_from_dict(json.loads(table), f"programme {name}"), False, *rest)
            for name, _, table, *rest in rows
        ]


def _name_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:_NAME_MAX_CHARACTERS]
