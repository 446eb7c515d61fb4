"""``rascue simulate proofs``: every claim, in the order of issue 4."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rascue.simulate.proofs import (
    comparison,
    fading,
    leading,
    limit,
    on_demand,
    parkinson,
    responder,
    safety,
    uneven,
    weak,
)
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.trials import Bench

Proof = Callable[[Bench, int], list[Claim]]

PROOFS: tuple[Proof, ...] = (
    leading.prove,
    weak.prove,
    on_demand.prove,
    limit.prove,
    uneven.prove,
    fading.prove,
    parkinson.prove,
    responder.prove,
    comparison.prove,
    safety.prove,
)


def prove_all(n_seeds: int, processes: int, proofs: Sequence[Proof] = PROOFS) -> list[Claim]:
    """Return all claims with their figures.

    Parameters
    ----------
    n_seeds
        Runs of each kind; issue 4 asks for 20. Fewer show fewer people of each kind.
    processes
        How many run at once; the outcome is the same.
    """
    with Bench(processes) as bench:
        return [claim for prove in proofs for claim in prove(bench, n_seeds)]
