"""Bluetooth and other outputs whose delay varies: for beats that keep their own time only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rascue.core.faults import FaultCode
from rascue.session.snapshot import snapshot_of
from tests.unit.session.rig import WALK, Rig, cued


def wireless() -> Rig:
    rig = Rig()
    poll = rig.out.poll
    rig.out.poll = lambda now_ns: replace(  # type: ignore[method-assign]
        poll(now_ns), latency_sd_s=0.05, device="portaudio:default (bluez_output.00)"
    )
    return rig.ready()


@pytest.mark.parametrize("strategy", ["match", "follow", "mutual", "phase_lock", "phase_start"])
def test_a_policy_that_goes_by_the_steps_is_refused_with_a_sentence(strategy: str) -> None:
    reply = wireless().start(cued(60, strategy=strategy))
    assert not reply.ok
    assert "delay of the sound output varies by 50 ms, as over Bluetooth" in reply.text
    assert "use a wired output" in reply.text


@pytest.mark.parametrize("strategy", ["fixed", "hold"])
def test_a_beat_that_keeps_its_own_time_is_accepted(strategy: str) -> None:
    assert wireless().start(cued(60, strategy=strategy)).ok


def test_screen_and_log_say_so() -> None:
    rig = wireless().begin(cued(60))
    rig.run(1)
    assert FaultCode.AUDIO_UNSTEADY in rig.faults
    lamp = snapshot_of(0, rig.engine.view(), WALK.infos, rig.out.capabilities, None).sound
    assert lamp.unsteady_ms == pytest.approx(50.0)
    assert lamp.text == "portaudio:default (bluez_output.00)"


def test_a_wired_output_says_nothing() -> None:
    rig = Rig().begin(cued(60))
    rig.run(1)
    assert FaultCode.AUDIO_UNSTEADY not in rig.faults
