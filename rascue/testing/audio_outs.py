"""What every sound output must do; a third party runs the suite on its own class.

Subclass ``AudioOutContract`` in a test module whose name begins with ``Test`` and return a new,
closed output from ``make_out``; pytest then runs each check. The suite drives the output with times
of its own, so it fits outputs whose frames follow ``now_ns``; for a device, override ``wait``.
"""

from __future__ import annotations

from abc import abstractmethod

from rascue.audio.base import AudioOut, ScheduledSound
from rascue.core.clock import after, seconds_between
from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus
from rascue.core.types import AudioState, BeatOutcome, DacFrame, EngineNs, PlayedFrame

START_NS = EngineNs(5_000_000_000)
HORIZON_S = 0.3
"""Notice at which the engine gives beats; default of the configuration."""

STOP_RAMP_S = 0.005
LEVEL_DBFS = -18.0


class AudioOutContract:
    """Checks of the rules in ``rascue.audio.base``."""

    start_timeout_s = 5.0
    """Longest time until the output's clock is known."""

    sound = "click"
    """A sound the output knows."""

    @abstractmethod
    def make_out(self) -> AudioOut:
        """Return an output that was never opened."""

    def wait(self, now_ns: EngineNs, seconds: float) -> EngineNs:
        """Let time pass; return the new instant."""
        return after(now_ns, seconds)

    def test_a_new_output_is_closed_and_silent(self) -> None:
        """The constructor opens nothing; polling and closing are harmless."""
        out = self.make_out()
        out.close()
        status = out.poll(START_NS)
        _require(status.state is AudioState.CLOSED, f"state is {status.state}, not closed")
        _require(status.clock is None, "a closed output has a clock")
        _require(status.played == (), "a closed output reports beats")

    def test_capabilities_are_plausible(self) -> None:
        """Rate and channels above 0, latency and its spread not negative."""
        out = self.make_out()
        described = out.capabilities
        _require(bool(described.name), "name is empty")
        _require(described.rate_hz > 0 and described.channels > 0, "no format")
        _require(described.latency_s >= 0 and described.latency_sd_s >= 0, "negative latency")

    def test_a_beat_given_in_time_is_played_at_its_frame(self) -> None:
        """It is reported once, with the frame that was asked for."""
        out, now, clock = self._running()
        frame = DacFrame(clock.to_count(after(now, HORIZON_S)))
        out.schedule(self._beat(3, frame))
        played = self._outcomes(out, now, 2 * HORIZON_S)
        out.close()
        _require(played == [PlayedFrame(3, frame, BeatOutcome.PLAYED)], f"reported {played}")

    def test_a_beat_given_too_late_is_dropped_and_told(self) -> None:
        """It is never played late."""
        out, now, clock = self._running()
        frame = DacFrame(clock.to_count(now) - 1)
        out.schedule(self._beat(4, frame))
        played = self._outcomes(out, now, HORIZON_S)
        out.close()
        _require(played == [PlayedFrame(4, frame, BeatOutcome.LATE)], f"reported {played}")

    def test_cancelling_takes_back_that_frame_and_later_ones(self) -> None:
        """Each beat has exactly one outcome."""
        out, now, clock = self._running()
        first = clock.to_count(after(now, HORIZON_S))
        frames = [DacFrame(first), DacFrame(first + 100), DacFrame(first + 200)]
        for index, frame in enumerate(frames):
            out.schedule(self._beat(index, frame))
        out.cancel_from(frames[1])
        played = self._outcomes(out, now, 2 * HORIZON_S)
        out.close()
        outcomes = {report.beat_index: report.outcome for report in played}
        expected = {0: BeatOutcome.PLAYED, 1: BeatOutcome.CANCELLED, 2: BeatOutcome.CANCELLED}
        _require(outcomes == expected and len(played) == len(expected), f"reported {played}")

    def test_fading_drops_what_is_scheduled_and_later_beats_play(self) -> None:
        """A stop is no end: what is given afterwards is played (R1)."""
        out, now, clock = self._running()
        frame = DacFrame(clock.to_count(after(now, HORIZON_S)))
        out.schedule(self._beat(1, frame))
        out.fade_all(STOP_RAMP_S)
        out.schedule(self._beat(2, frame))
        played = self._outcomes(out, now, 2 * HORIZON_S)
        out.close()
        outcomes = {report.beat_index: report.outcome for report in played}
        expected = {1: BeatOutcome.CANCELLED, 2: BeatOutcome.PLAYED}
        _require(outcomes == expected, f"reported {played}")

    def test_closing_tells_what_will_not_be_played(self) -> None:
        """No beat is left without an outcome."""
        out, now, clock = self._running()
        frame = DacFrame(clock.to_count(after(now, HORIZON_S)))
        out.schedule(self._beat(9, frame))
        out.close()
        status = out.poll(now)
        _require(status.state is AudioState.CLOSED, f"state is {status.state}, not closed")
        expected = (PlayedFrame(9, frame, BeatOutcome.CANCELLED),)
        _require(status.played == expected, f"reported {status.played}")

    def test_frames_count_from_each_opening(self) -> None:
        """After ``close`` the output can be opened again and its frames begin at 0."""
        out, now, _ = self._running()
        out.close()
        out.close()
        now = self.wait(now, 1.0)
        later, clock = self._open(out, now)
        out.close()
        most = (seconds_between(now, later) + 1.0) * out.capabilities.rate_hz
        _require(0 <= clock.to_count(later) <= most, "frames did not begin at 0")

    def test_the_clock_runs_forward_at_about_the_stated_rate(self) -> None:
        """Within 1000 ppm, several times what a crystal is off."""
        out, now, clock = self._running()
        out.close()
        ratio = clock.rate_hz / out.capabilities.rate_hz
        _require(abs(ratio - 1.0) < 1e-3, f"rate is {ratio} of the stated one")  # noqa: PLR2004
        _require(clock.to_engine(clock.to_count(now) + 1) > now - 10**6, "clock runs backwards")

    def _running(self) -> tuple[AudioOut, EngineNs, ClockMap]:
        out = self.make_out()
        now, clock = self._open(out, self.wait(START_NS, 0.0))
        return out, now, clock

    def _open(self, out: AudioOut, now: EngineNs) -> tuple[EngineNs, ClockMap]:
        out.open(now)
        end = after(now, self.start_timeout_s)
        while now < end:
            now = self.wait(now, 0.05)
            status: AudioStatus = out.poll(now)
            if status.clock is not None:
                _require(status.state is AudioState.RUNNING, f"state is {status.state}")
                return now, status.clock
        raise AssertionError(f"no clock within {self.start_timeout_s} s")

    def _outcomes(self, out: AudioOut, now: EngineNs, seconds: float) -> list[PlayedFrame]:
        played: list[PlayedFrame] = []
        end = after(now, seconds)
        while now < end:
            now = self.wait(now, 0.05)
            played.extend(out.poll(now).played)
        return played

    def _beat(self, index: int, frame: DacFrame) -> ScheduledSound:
        return ScheduledSound(index, frame, self.sound, accent=False, level_dbfs=LEVEL_DBFS)


def _require(condition: bool, message: str) -> None:  # noqa: FBT001  reads as an assertion
    if not condition:
        raise AssertionError(message)
