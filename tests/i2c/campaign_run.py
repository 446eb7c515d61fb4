"""A long fault campaign, by hand:  .venv/bin/python tests/i2c/campaign_run.py CHIP FAULTS [SEED]"""

from __future__ import annotations

import json
import sys

import numpy as np

from rascue.testing.i2c.campaign import Account, Campaign
from rascue.testing.i2c.faults import FaultKind
from rascue.testing.i2c.motion import NoisyRest


def campaign(chip: str, n_faults: int, seed: int) -> Account:
    """Inject faults of all kinds in a random order."""
    rng = np.random.default_rng(seed)
    kinds = [list(FaultKind)[index] for index in rng.integers(len(FaultKind), size=n_faults)]
    return Campaign(chip, NoisyRest(seed), seed, speed=1.0 + rng.uniform(-0.05, 0.05)).run(kinds)


def summary(account: Account) -> dict[str, object]:
    """Return the figures of an account."""
    p50_s, p99_s, worst_s = np.quantile(account.recovery_s, [0.5, 0.99, 1.0]).round(3).tolist()
    return {
        "faults": sum(account.injected.values()),
        "samples": account.n_samples,
        "wrong": account.n_wrong,
        "worst_mps2": round(account.worst_mps2, 2),
        "worst_dps": round(account.worst_dps, 1),
        "unlogged": sum(account.unlogged.values()),
        "flips": sum(account.injected[kind] for kind in FaultKind if "flip" in kind),
        "flips_noticed": account.noticed_flips,
        "never_recovered": account.never_recovered,
        "recovery_p50_s": p50_s,
        "recovery_p99_s": p99_s,
        "recovery_max_s": worst_s,
    }


if __name__ == "__main__":
    chip, n_faults, *seed = sys.argv[1:]
    found = campaign(chip, int(n_faults), int(seed[0]) if seed else 0)
    print(json.dumps({"chip": chip, **summary(found), "injected": dict(found.injected)}))
