"""How exactly a song's beats fall on their plan, and what its joins sound like, offline.

A piece of ours with known beats is prepared, played through ``CuePlayer`` along a plan whose tempo
moves, and the sound that leaves the mixer is compared with the piece around each known beat.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from rascue.audio.base import ScheduledSound
from rascue.audio.cue_player import CuePlayer
from rascue.audio.song_reader import SongShelf
from rascue.core.types import DacFrame
from rascue.songs.beat_map import BeatMap
from rascue.songs.finding.onsets import FINE_S, onsets_of
from rascue.songs.making.prepare import SHARED, find_beats, write_group
from rascue.songs.name import SongName
from rascue.songs.shelf import (
    LISTED_POINTS,
    SongFile,
    add_beats,
    read_beats,
    song_folder,
    write_song,
)
from rascue.songs.time_line import FACTORS, apart
from rascue.testing.song_pieces import RATE_HZ, Piece, beats_s, played

SONG_ID = "0123456789ab"
AHEAD_FRAMES = 12_000
"""A beat is given so long before it sounds, frames: a horizon of 0.3 s less a tick."""

WAVE_BEATS = 45
BLOCK = 256
LAG, AROUND = 25, 40
"""A beat is sought 25 ms to both sides of its plan, by what begins in 40 ms to both sides."""

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """What left the mixer, and the frames planned for the beats of the piece."""

    sound: Sound
    planned: NDArray[np.int64]
    troubles: tuple[str, ...]


def prepared(piece: Piece, data_dir: Path) -> SongName:
    """Prepare a piece in this process, its beats found as those of any song; return its name."""
    song = played(piece)
    song /= np.abs(song).max()
    found = find_beats(song)
    return prepared_with(song, found.beats, apart(found.attacks), data_dir)


def prepared_with(song: Sound, beats: BeatMap, kept: NDArray[np.int64], data_dir: Path) -> SongName:
    """Prepare a song whose beats are given; return its name."""
    folder = song_folder(data_dir, SONG_ID)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / SHARED, song)
    versions = write_group(folder, FACTORS, kept)
    (folder / SHARED).unlink()
    outline = tuple(float(np.abs(part).max()) for part in np.array_split(song, LISTED_POINTS))
    write_song(folder, SongFile(len(song), tuple(kept.tolist()), tuple(versions), outline))
    return SongName(SONG_ID, add_beats(folder, beats))


def heard(data_dir: Path, name: SongName, depth: float, length_s: float) -> Heard:
    """Play a song along a plan whose tempo moves by ``depth`` to both sides, as a share."""
    player = CuePlayer(RATE_HZ, 1, 0.0, SongShelf(data_dir, in_thread=False))
    base_s = 60.0 / read_beats(song_folder(data_dir, name.song_id)).tempo_bpm
    blocks: list[Sound] = []
    troubles: list[str] = []
    beats = plan(base_s, depth, length_s, RATE_HZ)
    for index, (frame, interval_s) in enumerate(beats):
        while player.mixer.frame < frame - AHEAD_FRAMES:
            blocks.append(player.mixer.render(BLOCK)[:, 0])
        player.schedule(ScheduledSound(index, DacFrame(frame), str(name), False, 0.0, interval_s))
        troubles += [player.trouble] if player.trouble else []
        player.outcomes()
    blocks.append(player.mixer.render(2 * RATE_HZ)[:, 0])
    planned = np.array([frame for frame, _ in beats])
    return Heard(np.concatenate(blocks), planned, tuple(troubles))


def plan(base_s: float, depth: float, length_s: float, first: int) -> list[tuple[int, float]]:
    """Return frame and interval, s, of beats whose tempo moves by ``depth`` to both sides."""
    beats: list[tuple[int, float]] = []
    for index in range(int(length_s / base_s)):
        interval_s = float(base_s / (1.0 + depth * np.sin(2 * np.pi * index / WAVE_BEATS)))
        frame = beats[-1][0] + round(interval_s * RATE_HZ) if beats else first
        beats.append((frame, interval_s))
    return beats


def placement_ms(
    piece: Piece, got: Heard, judged: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return by how much each known beat came after its plan, ms; of all beats or those judged.

    The pattern of onsets around each beat of the piece is sought around the plan, to a fraction of
    the millisecond that the envelope has.
    """
    original, result = onsets_of(played(piece), RATE_HZ).fine, onsets_of(got.sound, RATE_HZ).fine
    weight = np.hanning(2 * AROUND)
    errors = []
    judged = np.ones(len(got.planned), bool) if judged is None else judged
    beats = zip(beats_s(piece)[2:-3], got.planned[2:], judged[2:], strict=False)
    for beat_s, frame in ((beat_s, frame) for beat_s, frame, whole in beats if whole):
        center, plan = round(beat_s / FINE_S), round(frame / RATE_HZ / FINE_S)
        part = original[center - AROUND : center + AROUND] * weight
        around = result[plan - AROUND - LAG : plan + AROUND + LAG]
        if len(around) == 2 * (AROUND + LAG) and part.any():
            fit = signal.correlate(around, part, "valid")
            rounding_ms = (beat_s / FINE_S - center) - (frame / RATE_HZ / FINE_S - plan)
            errors.append(_top(fit) - LAG + rounding_ms)
    return np.array(errors)


def _top(fit: NDArray[np.float64]) -> float:
    """Return where the highest value lies, between samples, by a parabola."""
    at = int(fit.argmax())
    if not 0 < at < len(fit) - 1:
        return float(at)
    left, top, right = fit[at - 1 : at + 2]
    return float(at + 0.5 * (left - right) / (left - 2 * top + right))
