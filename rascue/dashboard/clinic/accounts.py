"""Who may sign in; passwords are hashed with argon2id."""

from __future__ import annotations

import secrets
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.database import ClinicDatabase

PASSWORD_MIN_CHARACTERS = 12
"""ASVS 6.2.1 asks for 8 and advises 15; in between: default, not evidence."""
PASSWORD_MAX_CHARACTERS = 256
NAME_MAX_CHARACTERS = 64

# 19 MiB, 2 passes, 1 lane. Source: OWASP password storage advice, measured in ECOSYSTEM 2.3.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DUMMY_HASH = _HASHER.hash(secrets.token_hex())
_ONE_AT_A_TIME = threading.Semaphore(1)
"""Guards memory: each computation takes 19 MiB."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    id: str
    name: str
    created_utc: str


class Accounts:
    """Accounts in the clinic file."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def all(self) -> list[Account]:
        """Return all accounts by name."""
        rows = self._database.rows("SELECT id, name, created_utc FROM account ORDER BY name")
        return [Account(*row) for row in rows]

    def exist(self) -> bool:
        """Return False on a device nobody has claimed yet."""
        return self._database.row("SELECT 1 FROM account LIMIT 1") is not None

    def create(self, name: str, password: str, now: datetime) -> Account:
        """Add an account.

        Raises
        ------
        WrongUse
            When the name is taken or empty, or the password is too weak; for the person to read.
        """
        name = name.strip()
        if not 1 <= len(name) <= NAME_MAX_CHARACTERS:
            raise WrongUse(f"Choose a name of 1 to {NAME_MAX_CHARACTERS} characters.")
        check_password(password, name)
        account = Account(uuid.uuid4().hex, name, now.isoformat())
        password_hash = _hash(password)
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM account WHERE name = ?", (name,)).fetchone():
                raise WrongUse(f"There is already an account named {name}.")
            connection.execute(
                "INSERT INTO account VALUES (?, ?, ?, ?)",
                (account.id, account.name, password_hash, account.created_utc),
            )
        return account

    def verify(self, name: str, password: str) -> Account | None:
        """Return the account if name and password fit; takes as long when there is no such name."""
        row = self._database.row(
            "SELECT id, name, created_utc, password_hash FROM account WHERE name = ?", name.strip()
        )
        fits = _fits(row[3] if row else _DUMMY_HASH, password)
        return Account(*row[:3]) if row and fits else None

    def change_password(self, account: Account, password: str) -> None:
        """Set a new password.

        Raises
        ------
        WrongUse
            When the password is too weak.
        """
        check_password(password, account.name)
        password_hash = _hash(password)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE account SET password_hash = ? WHERE id = ?", (password_hash, account.id)
            )


def check_password(password: str, name: str) -> None:
    """Refuse a password that is too short, too long or too plain.

    Raises
    ------
    WrongUse
        With what to do instead.
    """
    if not PASSWORD_MIN_CHARACTERS <= len(password) <= PASSWORD_MAX_CHARACTERS:
        raise WrongUse(
            f"Choose a password of {PASSWORD_MIN_CHARACTERS} to {PASSWORD_MAX_CHARACTERS} "
            "characters; a sentence is good."
        )
    plain = password.casefold()
    few_characters = len(set(plain)) < PASSWORD_MIN_CHARACTERS // 2
    if few_characters or plain.strip(name.casefold()) == "" or plain in "0123456789" * 2:
        raise WrongUse("This password is easy to guess; a short sentence is good.")


def _hash(password: str) -> str:
    with _ONE_AT_A_TIME:
        return _HASHER.hash(password)


def _fits(password_hash: str, password: str) -> bool:
    if len(password) > PASSWORD_MAX_CHARACTERS:
        return False
    with _ONE_AT_A_TIME:
        try:
            return _HASHER.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
