"""The command ``simulate``: runs of a scheme, drawn at random, at an end, or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import attrs

from checker.cli.console import out, print_json, status
from checker.cli.guarded import guarded, rehearse
from checker.cli.targets import claims_of_loop
from checker.cli.values import chosen_values, parameters
from checker.cli.workers import Limits
from checker.counterexamples.simulation import Nature, Simulation, simulate
from checker.report.documents import document, versioned
from checker.report.simulation import simulation_lines
from checker.system.announcements import announce
from checker.system.problem import pose
from spec.invariants import limits_of
from spec.statements.claim import Claim


@attrs.frozen
class _Simulating:
    """Runs to be drawn, named so that another process can find the scheme again."""

    target: str
    params: Mapping[str, Fraction]
    nature: Nature
    rounds: int
    runs: int
    draw: int
    by_hand: Mapping[str, Fraction]

    @property
    def claims(self) -> list[Claim]:
        """What is claimed of the scheme at its defaults.

        Raises:
            SpecError: when the target names no one loop.
        """
        return claims_of_loop(self.target)

    @property
    def named(self) -> dict[str, Claim]:
        """The claims by their invariant and its limits."""
        found: dict[str, Claim] = {}
        for claim in self.claims:
            limits = ", ".join(f"{n} <= {v}" for n, v in limits_of(claim.invariant).items())
            found.setdefault(f"{type(claim.invariant).__name__} ({limits})", claim)
        return found

    def run(self) -> list[Simulation]:
        """Draw them."""
        problems = {name: pose(claim, self.params) for name, claim in self.named.items()}
        found = []
        for number in range(self.runs):
            announce(f"run {number + 1} of {self.runs}")
            found.append(
                simulate(problems, self.nature, self.rounds, self.draw + number, self.by_hand)
            )
        return found


def show(
    target: str,
    params: Sequence[str],
    by_hand: Sequence[str],
    nature: Nature,
    *,
    rounds: int,
    runs: int,
    draw: int,
    plot: str,
    as_json: bool,
    timeout: float,
    memory: float,
) -> None:
    """Draw runs of a scheme and print them; with ``plot``, as a picture too.

    Raises:
        SpecError: when the target is no one loop, or a choice cannot be made.
    """
    limits = Limits(timeout, memory)
    rehearse([target], limits)
    work = _Simulating(target, {}, nature, rounds, runs, draw, parameters(by_hand, "--choose"))
    claims = work.claims
    work = attrs.evolve(work, params=chosen_values(claims[0], params))
    with status(quiet=as_json) as tell:
        found = guarded(work, limits, f"simulating {target}", lambda shown: tell(str(shown)))
    if plot:
        from checker.cli.run_picture import draw_runs

        draw_runs(found, claims[0].scheme.name, Path(plot))
    if as_json:
        print_json(
            versioned(
                scheme=claims[0].scheme.name,
                nature=nature.value,
                simulations=[document(simulation) for simulation in found],
            )
        )
        return
    for line in simulation_lines(found, list(work.named)):
        out.print(line, highlight=False)
    if plot:
        out.print(f"written: {plot}", highlight=False)
