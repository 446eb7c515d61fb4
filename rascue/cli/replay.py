"""`rascue replay`: the whole engine on a recording."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from rascue.audio.offline_out import OfflineOut
from rascue.audio.song_reader import SongShelf
from rascue.cli.devices import audio_settings_of
from rascue.cli.options import add_config, add_data, loaded_config
from rascue.cli.sensors import placement_of, recording_of
from rascue.cli.targets import refuse_overwriting
from rascue.config.program import find_program
from rascue.core.errors import StoreError
from rascue.export.csv_text import write_table
from rascue.export.summary import write_summary
from rascue.session.host import HostClock
from rascue.session.recorded import paced_by, run_recording
from rascue.store.reader import SessionReader

SESSION_FILE = "session.sqlite"
SOUND_FILE = "audio.wav"
SUMMARY_FILE = "summary.json"
TABLES = ("beats", "steps")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("file", type=Path, metavar="FILE", help=".npz, .csv or a session")
    parser.add_argument("--program", required=True, metavar="P", help="shipped name or TOML file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for results")
    parser.add_argument("--realtime", action="store_true", help="as fast as it was recorded")
    add_config(parser)
    add_data(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Write session file, sound, tables and summary; the same input gives the same bytes."""
    config = loaded_config(args).config
    program = find_program(args.program)
    written = (SESSION_FILE, SOUND_FILE, SUMMARY_FILE, *(f"{table}.csv" for table in TABLES))
    refuse_overwriting([args.file], [args.out / name for name in written])
    recording = recording_of(args.file, placement_of(config))
    begun_s = time.perf_counter()
    session = _fresh_folder(args.out)
    songs = SongShelf(args.data, in_thread=False)
    out = OfflineOut(str(args.out / SOUND_FILE), audio_settings_of(config, songs=songs))
    wait = paced_by(HostClock(), time.sleep) if args.realtime else None
    run_recording(recording, program, config, out, session, wait)
    _write_tables(session, args.out)
    took_s = time.perf_counter() - begun_s
    for warning in recording.warnings:
        print(f"{args.file.name}: {warning}")
    print(f"{args.out}: {_verdict(args.out)}, {recording.duration_s / took_s:.0f}x real time")
    return 0


def _fresh_folder(folder: Path) -> Path:
    """Make the folder, remove what an earlier replay left there; return the session's path."""
    session = folder / SESSION_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f"{SESSION_FILE}*"):
            leftover.unlink()
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}; choose another folder with --out") from None
    return session


def _write_tables(session: Path, folder: Path) -> None:
    with SessionReader(session) as reader:
        for table in TABLES:
            write_table(reader, table, folder / f"{table}.csv")
        write_summary(reader, folder / SUMMARY_FILE)


def _verdict(folder: Path) -> str:
    summary = json.loads((folder / SUMMARY_FILE).read_text("utf-8"))
    return f"{summary['n_steps']} steps, {summary['n_beats_planned']} beats"
