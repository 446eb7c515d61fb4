"""What a source does when wires or chip fail, one fault at a time and all of them at random."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from rascue.core.errors import SensorUnavailable
from rascue.core.types import BlockFlag
from rascue.sensor.chip import TroubleKind
from rascue.sensor.i2c_source import LOST_AFTER_S
from rascue.testing.i2c.account import Account
from rascue.testing.i2c.campaign_run import Part, run_part
from rascue.testing.i2c.campaign_run import main as campaign_main
from tests.i2c.conftest import ADDRESS, Bench

CHIPS = ("lsm6dsox", "mpu6050", "icm42688")


def running(chip: str = "lsm6dsox") -> Bench:
    bench = Bench(chip)
    bench.source.open()
    assert bench.read_for(3.0)
    return bench


def kinds(bench: Bench) -> set[TroubleKind]:
    return {trouble.kind for trouble in bench.troubles}


@pytest.mark.parametrize("chip", CHIPS)
def test_one_refused_transfer_costs_nothing(chip: str) -> None:
    bench = running(chip)
    bench.line.refuse(1)
    given = bench.read_for(2.0)
    assert kinds(bench) == {TroubleKind.NO_ANSWER}
    assert not any(block.flags & BlockFlag.GAP_BEFORE for block in given)


def test_a_short_silence_costs_no_sample_of_a_chip_with_memory() -> None:
    bench = running()
    n_before = len(bench.truth.t_ns)
    bench.line.silence(0.3)
    given = bench.read_for(2.0)
    assert not any(block.flags & BlockFlag.GAP_BEFORE for block in given)
    assert len(bench.truth.t_ns) - n_before - sum(block.n for block in given) < 15


@pytest.mark.parametrize("chip", CHIPS)
def test_an_unplugged_chip_is_lost_within_a_second(chip: str) -> None:
    bench = running(chip)
    began_ns = bench.time.now_ns()
    del bench.wires.chips[ADDRESS]
    with pytest.raises(SensorUnavailable, match="no answer"):
        bench.read_for(5.0)
    assert (bench.time.now_ns() - began_ns) / 1e9 < min(1.0, LOST_AFTER_S + 0.15)


def test_after_a_loss_the_next_block_tells_of_the_gap() -> None:
    bench = running()
    bench.line.hold_low(2.0)
    with pytest.raises(SensorUnavailable, match="timed out"):
        bench.read_for(3.0)
    bench.source.close()
    bench.time.sleep(3.0)
    bench.source.open()
    first = bench.read_for(1.0)[0]
    assert first.flags & BlockFlag.GAP_BEFORE


@pytest.mark.parametrize("chip", CHIPS)
def test_overflow_is_flagged_on_the_very_next_block(chip: str) -> None:
    bench = running(chip)
    bench.time.sleep(0.7 if chip != "lsm6dsox" else 4.0)
    bench.model.registers[0x3A if chip == "mpu6050" else 0x2D] |= 0x12
    first = bench.read_for(1.5)[0]
    assert TroubleKind.OVERFLOW in kinds(bench)
    assert first.flags & BlockFlag.GAP_BEFORE


@pytest.mark.parametrize("chip", CHIPS)
def test_a_chip_that_restarted_is_set_up_anew(chip: str) -> None:
    bench = running(chip)
    bench.model.brown_out()
    given = bench.read_for(3.0)
    assert kinds(bench) & {TroubleKind.STALLED, TroubleKind.RESTARTED}
    assert given[0].flags & BlockFlag.GAP_BEFORE or given[1].flags & BlockFlag.GAP_BEFORE
    assert sum(block.n for block in given) > 200


def test_a_frozen_chip_gives_no_sample_twice() -> None:
    bench = running()
    bench.model.frozen = True
    with pytest.raises(SensorUnavailable, match="frozen"):
        for _ in range(100):
            block = bench.source.read(0.25)
            if block is not None:
                values = np.hstack((block.acc_mps2, block.gyr_dps))
                assert len(np.unique(values, axis=0)) == len(values)


def test_another_chip_at_the_address_is_named() -> None:
    bench = Bench("mpu6050")
    bench.model.registers[0x75] = 0x98
    with pytest.raises(SensorUnavailable, match="mpu6050-clone"):
        bench.source.open()


def test_a_clone_is_taken_when_it_was_asked_for() -> None:
    from rascue.testing.i2c.models import MODELS

    MODELS["mpu6050-clone"] = MODELS["mpu6050"]
    try:
        bench = Bench("mpu6050-clone")
    finally:
        del MODELS["mpu6050-clone"]
    bench.model.registers[0x75] = 0x98
    bench.model._identity = 0x98  # type: ignore[attr-defined]
    bench.source.open()
    assert bench.read_for(2.0)


@pytest.mark.parametrize("index", range(len(CHIPS)))
def test_campaign(index: int) -> None:
    _campaign(Part(index, 60, False))


@pytest.mark.parametrize("index", range(len(CHIPS)))
@pytest.mark.usefixtures("fuse_folder")
def test_campaign_through_the_kernel(index: int) -> None:
    _campaign(Part(index, 60, True))


def _campaign(part: Part) -> None:
    account = run_part(part)
    figures = account.figures()
    assert figures["faults"] == 60
    assert figures["wrong"] == figures["unlogged"] == figures["never_recovered"] == 0
    assert figures["recovery_p99_s"] < 3.0


def test_a_campaign_goes_on_where_it_was_left(tmp_path: Path, capsys) -> None:
    parts, out = tmp_path / "parts.jsonl", tmp_path / "result.json"
    account = Account(Counter({"overflow": 250}), recovery_s=[0.1, 0.2])
    done = [
        {"part": asdict(Part(index, 250, False)), "account": account.to_dict()}
        for index in range(2)
    ]
    parts.write_text("".join(json.dumps(one) + "\n" for one in done))
    words = ["--faults", "500", "--parts", str(parts), "--out", str(out)]
    assert campaign_main(words) == 0
    assert json.loads(out.read_text())["faults"] == 500
    assert '"faults": 500' in capsys.readouterr().out
