"""The contract of sound outputs, on the outputs that need no device."""

from __future__ import annotations

from pathlib import Path

import pytest

from rascue.audio.base import AudioOut
from rascue.audio.offline_out import OfflineOut
from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.testing.audio_outs import AudioOutContract


class TestSilentOut(AudioOutContract):
    def make_out(self) -> AudioOut:
        return SilentOut("", AudioOutSettings())


class TestOfflineOut(AudioOutContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self._path = tmp_path / "sound.wav"

    def make_out(self) -> AudioOut:
        return OfflineOut(str(self._path), AudioOutSettings(rate_hz=44_100), ppm=200.0)
