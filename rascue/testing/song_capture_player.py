"""Child process: a prepared song played into a device while its tempo moves, a pilot beside it.

Usage: python -m rascue.testing.song_capture_player DATA_DIR SONG DEVICE LENGTH_S DEPTH. Prints one
line of JSON: what the player itself knows.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from rascue.audio.base import ScheduledSound
from rascue.audio.cue_player import CuePlayer
from rascue.audio.portaudio_stream import PortAudioStream
from rascue.audio.song_reader import SongShelf
from rascue.core.types import BeatOutcome, DacFrame
from rascue.songs.name import SongName, song_named
from rascue.songs.shelf import read_beats, song_folder
from rascue.testing.audio_players import BUFFERED_BLOCKS, HORIZON_S, RATE_HZ, START_S, pilot
from rascue.testing.song_placement import plan

BLOCK = 512
LEVEL_DBFS = -12.0
"""Song and pilot together stay below the cap, so that the limiter touches neither."""


def main(data_dir: Path, name: SongName, device: str, length_s: float, depth: float) -> None:
    """Play the song; each beat is given to the mixer 0.4 s ahead."""
    base_s = 60.0 / read_beats(song_folder(data_dir, name.song_id)).tempo_bpm
    first = RATE_HZ // 2
    beats = plan(base_s, depth, length_s, round(START_S * RATE_HZ))
    player = CuePlayer(RATE_HZ, 2, 0.0, SongShelf(data_dir, in_thread=True))
    stream = PortAudioStream(device, RATE_HZ, BLOCK, BUFFERED_BLOCKS)
    player.mixer.play(0, first, pilot(beats[-1][0] - first + 2 * RATE_HZ), 0.0, 1.0)
    stream.start(player.mixer)
    late = underflows = clicks = 0
    for index, (frame, interval_s) in enumerate(beats):
        while player.mixer.frame < frame - HORIZON_S * RATE_HZ:
            time.sleep(0.02)
        sound = ScheduledSound(index, DacFrame(frame), str(name), False, LEVEL_DBFS, interval_s)
        player.schedule(sound)
        clicks += bool(player.trouble)
        late += sum(one.outcome is BeatOutcome.LATE for one in player.outcomes())
        underflows = max((dry for _, _, dry in player.mixer.block_times()), default=underflows)
    time.sleep(HORIZON_S + 2.0)
    stream.close()
    planned = [frame for frame, _ in beats]
    told: dict[str, Any] = {"first": first, "planned": planned, "late": late}
    sys.stdout.write(json.dumps(told | {"underflows": underflows, "clicks": clicks}) + "\n")


if __name__ == "__main__":
    song = song_named(sys.argv[2])
    assert song is not None  # noqa: S101  given by ``song_capture``
    main(Path(sys.argv[1]), song, sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
