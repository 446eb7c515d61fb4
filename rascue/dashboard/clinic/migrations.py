"""The clinic file's tables, as numbered steps; a step, once released, is never edited.

Step n brings a file from version n - 1 to version n. Instants are ISO 8601 text in UTC.
"""

from __future__ import annotations

import apsw

from rascue.core.errors import StoreError

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE account (
        id            TEXT PRIMARY KEY,
        name          TEXT NOT NULL UNIQUE COLLATE NOCASE,
        password_hash TEXT NOT NULL,
        created_utc   TEXT NOT NULL
    ) STRICT;

    CREATE TABLE sign_in (
        token_hash  BLOB PRIMARY KEY,
        account_id  TEXT NOT NULL REFERENCES account (id),
        created_utc TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE patient (
        number      INTEGER PRIMARY KEY,
        id          TEXT NOT NULL UNIQUE,
        label       TEXT NOT NULL,
        created_utc TEXT NOT NULL
    ) STRICT;

    CREATE TABLE program (
        name        TEXT NOT NULL,
        version     INTEGER NOT NULL,
        table_json  TEXT NOT NULL,
        author      TEXT NOT NULL,
        created_utc TEXT NOT NULL,
        PRIMARY KEY (name, version)
    ) STRICT;

    CREATE TABLE audit (
        seq           INTEGER PRIMARY KEY,
        at_utc        TEXT NOT NULL,
        actor         TEXT NOT NULL,
        action        TEXT NOT NULL,
        subject       TEXT NOT NULL,
        detail_json   TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash          TEXT NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE patient_sound (
        patient      TEXT PRIMARY KEY,
        sound        TEXT NOT NULL,
        accent_every INTEGER NOT NULL,
        intensity    REAL NOT NULL,
        author       TEXT NOT NULL,
        chosen_utc   TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE song (
        id        TEXT PRIMARY KEY,
        title     TEXT NOT NULL,
        revision  INTEGER NOT NULL,
        author    TEXT NOT NULL,
        added_utc TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE song_beats (
        song     TEXT NOT NULL REFERENCES song (id) ON DELETE CASCADE,
        revision INTEGER NOT NULL,
        before   INTEGER NOT NULL,
        PRIMARY KEY (song, revision)
    ) STRICT, WITHOUT ROWID;
    """,
)


def migrate(connection: apsw.Connection) -> None:
    """Bring the file to the newest version, each step in one transaction.

    Raises
    ------
    StoreError
        When the file was written by a newer program.
    """
    version = int(connection.pragma("user_version"))
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{connection.filename}: was written by a newer rascue (format {version}, this one "
            f"knows up to {len(MIGRATIONS)}); update rascue"
        )
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        with connection:
            connection.execute(step)
            connection.pragma("user_version", number)
