"""The compiled step, which replays runs, is the term that the solver is asked about."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import z3

from checker.backends.curves import has_curves
from checker.backends.evaluator import EXACT, UNDEFINED
from checker.cli.shipped import shipped_claims
from checker.cli.targets import claims_of_loop
from checker.system.problem import Problem, pose
from checker.system.replay import as_fraction
from spec import Claim, Fold
from spec.fields import FieldDomain
from spec.nodes import name_of
from tests.support import NOISY_MEMORY

STATES = 4
"""Points at which each step is evaluated both ways."""


def _one_each() -> list[Claim]:
    """A claim about each shipped loop; trees have no steps that are followed."""
    found: dict[str, Claim] = {}
    for claim in shipped_claims():
        if not isinstance(claim.scheme, Fold):
            found.setdefault(claim.scheme.name, claim)
    return list(found.values())


def _value(term: z3.ExprRef, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> Fraction:
    value = z3.simplify(z3.substitute(term, *pairs))
    assert z3.is_rational_value(value) or z3.is_int_value(value), value
    return Fraction(value.as_string())


def _numeral(symbol: z3.ExprRef, value: Fraction) -> z3.ExprRef:
    return z3.IntVal(int(value)) if z3.is_int(symbol) else z3.RealVal(str(value))


def _within(field: FieldDomain, drawn: random.Random) -> Fraction:
    value = field.low + (field.high - field.low) * Fraction(drawn.randint(0, 6), 6)
    return value if field.kind == "real" else Fraction(round(value))


def _compared(problem: Problem, drawn: random.Random, off: Fraction = Fraction(0)) -> int:
    """How many numbers were the same both ways, at points of the domains."""
    same = 0
    for step in [step for step in problem.steps for _ in range(STATES)]:
        fields, symbols = step.source.fields, step.source.symbols
        state = [_within(field, drawn) for field in fields]
        units = [Fraction(drawn.randint(0, 4), 4) for _ in step.stage.choices]
        outputs, chosen, _ = step.program.bind(EXACT)(
            [EXACT.constant(v) for v in state], [EXACT.constant(u) for u in units]
        )
        if any(value is UNDEFINED for value in (*outputs, *chosen)):
            continue
        pairs = [(s, _numeral(s, v)) for s, v in zip(symbols, state, strict=True)]
        for choice, unit, value in zip(step.stage.choices, units, chosen, strict=True):
            low, high = _value(choice.low, pairs), _value(choice.high, pairs)
            assert as_fraction(value) == low + unit * (high - low), name_of(choice.symbol)
            pairs.append((choice.symbol, z3.RealVal(str(as_fraction(value)))))
        for term, value in zip(step.stage.outputs, outputs, strict=False):
            assert as_fraction(value) + off == _value(term, pairs), step.name
            same += 1
    return same


@pytest.mark.parametrize("claim", _one_each(), ids=lambda claim: claim.scheme.name)
def test_the_compiled_step_of_every_shipped_loop_is_z3s_evaluation(claim: Claim) -> None:
    problem = pose(claim)
    assert not any(has_curves(step.stage.terms) for step in problem.steps)
    if problem.agent.fields:  # uninterpreted agents have no step to compile
        assert _compared(problem, random.Random(claim.scheme.name))


def test_a_number_that_is_off_is_noticed() -> None:
    problem = pose(claims_of_loop(NOISY_MEMORY)[0])
    with pytest.raises(AssertionError, match="rewrite"):
        _compared(problem, random.Random(1), Fraction(1, 10**9))
