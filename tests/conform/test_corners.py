"""The ends that are proved at corners, and the steps that are found, against points at random."""

from fractions import Fraction
from random import Random

import pytest
import z3

from checker.backends.evaluator import EXACT
from checker.backends.solver import QueryBudget, satisfy
from checker.conform.corners import Corners
from checker.conform.direct import Direct, Preference
from checker.conform.reach import leading
from checker.conform.relation import Relation, bounding, senses_of
from checker.invariants.interval_analysis import StepTransformer
from checker.system.region import Box
from checker.system.replay import as_fraction
from checker.system.transition_system import problem_of
from models.imitation import imitation
from models.reliability_amplification import reliability
from spec.scheme import Process

SCHEMES = (imitation, reliability)


def related(process: Process) -> Relation:
    plain = problem_of(process, {})
    return bounding(plain, senses_of(plain, [], {}))


def some_box(relation: Relation, place: int, random: Random) -> Box:
    ends = []
    for field in relation.positions[place].fields:
        span = min(Fraction(2), field.high - field.low) / 2 ** random.randint(0, 5)
        low, high = sorted(Fraction(random.randint(0, 32), 64) for _ in range(2))
        ends.append((field.low + low * span, field.low + high * span))
    return tuple(ends)


@pytest.mark.parametrize("process", SCHEMES, ids=lambda p: p.name)
def test_no_state_of_a_box_and_no_choice_passes_a_proved_end(process: Process) -> None:
    relation, random = related(process), Random(5)
    for place, step in enumerate(relation.steps):
        corners = Corners(StepTransformer(step), QueryBudget(2.0))
        program = step.program.bind(EXACT)
        proved = 0
        for _ in range(12):
            box = some_box(relation, place, random)
            ends = [
                (corners.end(row, False, box), corners.end(row, True, box))
                for row in range(len(box))
            ]
            proved += sum(end is not None for pair in ends for end in pair)
            for _ in range(25):
                shares = [Fraction(random.randint(0, 4), 4) for _ in box]
                state = [a + share * (b - a) for share, (a, b) in zip(shares, box, strict=True)]
                units = [Fraction(random.randint(0, 4), 4) for _ in step.stage.choices]
                made, _, widths = program(
                    [EXACT.constant(v) for v in state], [EXACT.constant(u) for u in units]
                )
                fields = step.target.fields
                domain = [f.holds(as_fraction(v)) for f, v in zip(fields, made, strict=False)]
                if any(as_fraction(width) < 0 for width in widths) or not all(domain):
                    continue
                pairs = zip(step.source.symbols, state, strict=True)
                put = [(symbol, z3.RealVal(str(value))) for symbol, value in pairs]
                if not z3.is_true(z3.simplify(z3.substitute(step.source.domain, *put))):
                    continue
                for (low, high), value in zip(ends, made, strict=False):
                    assert low is None or low <= as_fraction(value)
                    assert high is None or as_fraction(value) <= high
        assert proved > 0


@pytest.mark.parametrize("process", SCHEMES, ids=lambda p: p.name)
def test_a_step_that_is_found_is_one_that_the_solver_finds(process: Process) -> None:
    relation, random, found = related(process), Random(6), [0, 0]
    for place, step in enumerate(relation.steps):
        direct = Direct(relation, place)
        for _ in range(25):
            box = some_box(relation, place, random)
            there = some_box(relation, (place + 1) % len(relation.steps), random)
            free = [(f.low, f.high) for f in step.target.fields]
            aim = tuple(
                e if f.name == "error" else w
                for f, e, w in zip(step.target.fields, there, free, strict=True)
            )
            leads = direct.leads(box, aim)
            found[leads] += 1
            if leads:
                assert satisfy(leading(step, box, aim), QueryBudget(5.0)).sat
            state = [low for low, _ in box]
            taken = direct.take(state, aim, Preference.WORST)
            if taken is not None:
                made = step.program.bind(EXACT)(
                    [EXACT.constant(v) for v in state], [EXACT.constant(u) for u in taken.units]
                )[0]
                assert [as_fraction(v) for v in made[: len(free)]] == list(taken.state)
    assert all(found)
