"""The songs of this device: titles, which beat map is in force, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.database import ClinicDatabase
from rascue.songs.beat_map import BeatMap
from rascue.songs.name import SongName, song_named
from rascue.songs.shelf import add_beats, other_revision, read_beats, song_folder

TITLE_MAX_CHARACTERS = 80
FIRST_REVISION = 1


@dataclass(frozen=True, slots=True)
class Song:
    """One song; ``revision`` is the beat map in force."""

    id: str
    title: str
    revision: int
    author: str
    added_utc: str


class Songs:
    """Songs in the clinic file, their beat maps beside their sound."""

    def __init__(self, database: ClinicDatabase, data_dir: Path) -> None:
        self._database = database
        self._data_dir = data_dir

    def all(self) -> list[Song]:
        """Return all songs, the newest first."""
        rows = self._database.rows(
            "SELECT id, title, revision, author, added_utc FROM song ORDER BY added_utc DESC, id"
        )
        return [Song(*row) for row in rows]

    def get(self, song_id: str) -> Song:
        """Return one song.

        Raises
        ------
        WrongUse
            When there is none.
        """
        for song in self.all():
            if song.id == song_id:
                return song
        raise WrongUse("There is no such song; choose one from the list.")

    def add(self, song_id: str, title: str, author: str, now: datetime) -> Song:
        """Keep a song; one that is known already keeps its beat maps and gets the new title."""
        title = " ".join(title.split())[:TITLE_MAX_CHARACTERS] or "Song"
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO song VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET title = excluded.title",
                (song_id, title, FIRST_REVISION, author, now.isoformat()),
            )
        return self.get(song_id)

    def beats(self, song: Song) -> BeatMap:
        """Return the beat map in force."""
        return read_beats(song_folder(self._data_dir, song.id), song.revision)

    def correct(self, song: Song, beats: BeatMap) -> Song:
        """Put another beat map in force, for all patients who walk with the song."""
        revision = add_beats(song_folder(self._data_dir, song.id), beats)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO song_beats VALUES (?, ?, ?)", (song.id, revision, song.revision)
            )
        return self._put_in_force(song, revision)

    def other(self, song: Song) -> int | None:
        """Return the beat map that fits almost as well as the one in force.

        None when the choice was clear, or a person has made another one since.
        """
        other = other_revision(song_folder(self._data_dir, song.id))
        if other is None or song.revision not in {FIRST_REVISION, other}:
            return None
        return other if song.revision == FIRST_REVISION else FIRST_REVISION

    def take_other(self, song: Song) -> Song:
        """Put the beat map in force that fits almost as well.

        Raises
        ------
        WrongUse
            When there is none.
        """
        other = self.other(song)
        if other is None:
            raise WrongUse("There is no other beat to choose.")
        if other != FIRST_REVISION:
            with self._database.transaction() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO song_beats VALUES (?, ?, ?)",
                    (song.id, other, FIRST_REVISION),
                )
        return self._put_in_force(song, other)

    def undo(self, song: Song) -> Song:
        """Put the beat map before the present one in force.

        Raises
        ------
        WrongUse
            When it is the first.
        """
        before = self.before(song)
        if before is None:
            raise WrongUse("There is nothing to undo.")
        return self._put_in_force(song, before)

    def before(self, song: Song) -> int | None:
        """Return the number of the beat map before the present one; None for the first."""
        row = self._database.row(
            "SELECT before FROM song_beats WHERE song = ? AND revision = ?", song.id, song.revision
        )
        return row[0] if row else None

    def remove(self, song: Song) -> list[str]:
        """Forget a song; return the patients who walked with it and now hear their programme."""
        patients = [patient for patient, _ in self._choices(song)]
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM patient_sound WHERE patient = ?", [(code,) for code in patients]
            )
            connection.execute("DELETE FROM song WHERE id = ?", (song.id,))
        return patients

    def _put_in_force(self, song: Song, revision: int) -> Song:
        with self._database.transaction() as connection:
            connection.execute("UPDATE song SET revision = ? WHERE id = ?", (revision, song.id))
            for patient, name in self._choices(song):
                connection.execute(
                    "UPDATE patient_sound SET sound = ? WHERE patient = ?",
                    (str(SongName(song.id, revision, name.click)), patient),
                )
        return self.get(song.id)

    def _choices(self, song: Song) -> list[tuple[str, SongName]]:
        rows = self._database.rows("SELECT patient, sound FROM patient_sound")
        named = [(patient, song_named(sound)) for patient, sound in rows]
        return [(patient, name) for patient, name in named if name and name.song_id == song.id]
