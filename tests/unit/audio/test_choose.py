"""The text after --audio."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rascue.audio.choose import audio_out_for
from rascue.audio.offline_out import OfflineOut
from rascue.audio.portaudio_out import PortAudioOut
from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.core.errors import WrongUse


def test_each_form_gives_its_output(tmp_path: Path) -> None:
    settings = AudioOutSettings()
    path = tmp_path / "sound:one.wav"
    assert isinstance(audio_out_for("none", settings), SilentOut)
    assert isinstance(audio_out_for("portaudio", settings), PortAudioOut)
    offline = audio_out_for(f"offline:{path}", settings)
    assert isinstance(offline, OfflineOut)
    assert offline.capabilities.name == "offline"
    assert audio_out_for("portaudio:hw:0,0", settings).capabilities.name == "portaudio:hw:0,0"


@pytest.mark.parametrize("spec", ["tuba", "off line:x.wav"])
def test_other_words_are_refused_with_the_known_ones(spec: str) -> None:
    with pytest.raises(WrongUse, match="known are: none, offline, portaudio"):
        audio_out_for(spec, AudioOutSettings())


@pytest.mark.parametrize("spec", ["", ":none"])
def test_a_name_is_needed(spec: str) -> None:
    with pytest.raises(WrongUse, match="needs a name, one of none, offline, portaudio"):
        audio_out_for(spec, AudioOutSettings())


def test_none_takes_no_argument() -> None:
    with pytest.raises(WrongUse, match="takes no argument"):
        audio_out_for("none:x", AudioOutSettings())


def test_no_output_loads_the_device_library_before_it_is_opened() -> None:
    code = (
        "import sys; from rascue.audio.choose import audio_out_for;"
        "from rascue.audio.settings import AudioOutSettings;"
        "audio_out_for('portaudio', AudioOutSettings()); audio_out_for('none', AudioOutSettings());"
        "assert 'sounddevice' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
