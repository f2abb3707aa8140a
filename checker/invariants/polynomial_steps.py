"""A loop as polynomials: its step and its seed in pieces, and its clauses, over scaled symbols.

A piece is a branch of the conditionals of a step. What is known where it is taken is a list of
polynomials that are not negative there: of a comparison the difference of its sides, of a strict
one too; of any other condition nothing. So more may be asked for than is needed, and never less.

Symbols are scaled, x = centre + scale z, so that the states of a box have |z| near to 1: floats
need that. The scales are powers of two and the centres have few digits, so that what is found in z
has few in x.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.evaluator import rational
from checker.backends.polynomials import Polynomial, polynomials
from checker.backends.solver import parts
from checker.invariants.preimages import STRICT, comparisons
from checker.invariants.sums_of_squares import Factor
from checker.system.problem import Clause, Problem, bound_on
from checker.system.region import Box
from checker.system.replay import as_fraction
from spec.nature import Choice
from spec.nodes import children_of, id_of, kind_of, number_in, topological

MOST_PIECES = 8
ZERO, UNIT = Fraction(0), Fraction(1)


def written(terms: Iterable[tuple[Fraction, Sequence[str]]]) -> str:
    """A sum of products of names, each with its factor, as in 2 x - 3 x^2 y."""
    text = ""
    for value, names in terms:
        sign = "- " if value < 0 else "+ " if text else ""
        powers = ((name, names.count(name)) for name in dict.fromkeys(names))
        product = " ".join(f"{name}^{n}" if n > 1 else name for name, n in powers)
        text += f" {sign}{'' if abs(value) == 1 else f'{abs(value)} '}{product}"
    return text.strip()


def _power_of_two(value: Fraction) -> Fraction:
    """The least that is not below a positive number, however great or small that is."""
    near = Fraction(2) ** (value.numerator.bit_length() - value.denominator.bit_length())
    return near if value <= near else 2 * near


@attrs.frozen
class Scale:
    """x = centre + scale z."""

    centre: Fraction = ZERO
    scale: Fraction = UNIT

    @classmethod
    def of(cls, low: Fraction, high: Fraction) -> Scale:
        """One at which the numbers between two ends are of size 1."""
        half = abs(high - low) / 2 or UNIT  # nature's bounds may cross, where it has no choice
        scale = _power_of_two(half)
        grain = scale / 8
        return cls(round((low + high) / 2 / grain) * grain, scale)

    def into(self, x: Polynomial) -> Polynomial:
        """The z of an x."""
        return (x - rational(self.centre)) / rational(self.scale)

    def out_of(self, z: Polynomial) -> Polynomial:
        """The x of a z."""
        return rational(self.centre) + rational(self.scale) * z


@attrs.frozen
class Piece:
    """The scaled values of the fields where no factor is negative."""

    fields: tuple[Polynomial, ...]
    factors: tuple[Factor, ...]


@attrs.frozen
class Limit:
    """A condition on a state, and a polynomial that is at most 0 where it holds, and only there; of
    a strict condition one that is so only there."""

    clause: Clause
    polynomial: Polynomial
    strict: bool = False

    @property
    def drawn_in(self) -> Fraction:
        """By how much the polynomial is greater than what the condition compares with 0."""
        return STRICT * self.strict

    @property
    def factor(self) -> Factor:
        """What is not negative where the condition holds, be it strict or not."""
        return (rational(self.drawn_in) - self.polynomial,)


@attrs.frozen
class PolynomialLoop:
    """A loop over scaled symbols: those of the fields, and after them those of nature's choices.

    Args:
        scales: of the fields and choices.
        seed_scales: of the choices of the seed, which are its symbols.
        fields: the symbols of the fields.
        faces: of the box, the lower and the upper one of each field.
        clauses: what is claimed, but for what holds all over the box.
        steps: the step in pieces.
        seeds: the seed in pieces.
    """

    scales: tuple[Scale, ...]
    seed_scales: tuple[Scale, ...]
    fields: tuple[Polynomial, ...]
    faces: tuple[Limit, ...]
    clauses: tuple[Limit, ...]
    steps: tuple[Piece, ...]
    seeds: tuple[Piece, ...]

    @property
    def inside(self) -> tuple[Factor, ...]:
        """For each field that it is between its faces."""
        sizes = [-face.polynomial for face in self.faces]
        return tuple(zip(sizes[::2], sizes[1::2], strict=True))


def polynomial_loop(problem: Problem, box: Box) -> PolynomialLoop | None:
    """The loop around the states of a box within the domain; None where it is of another form."""
    (step,) = problem.steps
    stage, agent = step.stage, problem.agent
    if stage.unknowns or stage.oversight_holds is not None or problem.free_parameters:
        return None
    if any(symbol.sort() != z3.RealSort() for symbol in agent.symbols):
        return None
    scales = tuple(Scale.of(low, high) for low, high in box)
    chosen = Scaled.of_choices(stage.choices)
    symbols = Scaled((*agent.symbols, *chosen.symbols), (*scales, *chosen.scales))
    seeding = Scaled.of_choices(problem.seed_choices)
    clauses = _clauses(problem, symbols, box)
    if clauses is None:
        return None
    steps = _pieces(stage.outputs, stage.choices, symbols, scales)
    seeds = _pieces(problem.seed, problem.seed_choices, seeding, scales)
    if steps is None or seeds is None:
        return None
    fields = steps[0].fields[0].context().gens()[: len(scales)]
    faces = []
    for field, symbol, (low, high), z, each in zip(
        agent.fields, agent.symbols, box, fields, scales, strict=True
    ):
        ends = (each.into(z * 0 + rational(low)) - z, z - each.into(z * 0 + rational(high)))
        faces.append(Limit(bound_on(field.name, symbol, ">=", low), ends[0]))
        faces.append(Limit(bound_on(field.name, symbol, "<=", high), ends[1]))
    return PolynomialLoop(
        symbols.scales, seeding.scales, tuple(fields), tuple(faces), clauses, steps, seeds
    )


@attrs.frozen
class Scaled:
    """Symbols, and how each is scaled."""

    symbols: tuple[z3.ArithRef, ...]
    scales: tuple[Scale, ...]

    @classmethod
    def of_choices(cls, choices: Sequence[Choice]) -> Scaled:
        """Choices, those between numbers scaled by them."""
        scales = []
        for choice in choices:
            low, high = (number_in(z3.simplify(end)) for end in (choice.low, choice.high))
            scales.append(Scale() if low is None or high is None else Scale.of(low, high))
        return cls(tuple(choice.symbol for choice in choices), tuple(scales))

    def polynomial(self, term: z3.ExprRef) -> Polynomial | None:
        """A term over the scaled symbols; None where it is no polynomial."""
        found = polynomials([term], self.symbols)
        if found is None:
            return None
        ring = found[0].context()
        inner = (each.out_of(z) for each, z in zip(self.scales, ring.gens(), strict=True))
        return found[0].compose(*inner, ctx=ring) if self.symbols else found[0]

    def factors(self, condition: z3.BoolRef) -> Iterator[Factor]:
        """What is not negative where a condition holds, as far as it is polynomial."""
        for part in parts(condition):
            for low, high, _ in comparisons(part):
                found = self.polynomial(high - low)
                if found is not None:
                    yield (found,)


def _pieces(
    terms: Sequence[z3.ExprRef],
    choices: Sequence[Choice],
    symbols: Scaled,
    scales: Sequence[Scale],
) -> tuple[Piece, ...] | None:
    """The pieces of some terms within the bounds of choices; None where one is no polynomial."""
    ends = [end for choice in choices for end in (choice.low, choice.symbol, choice.high)]
    branches = _branches([*terms, *ends])
    if branches is None:
        return None
    found = []
    for conditions, values in branches:
        made = [symbols.polynomial(value) for value in values]
        if any(each is None for each in made):
            return None
        factors = [each for condition in conditions for each in symbols.factors(condition)]
        bounds = made[len(terms) :]
        for choice, low, at, high in zip(choices, *(bounds[n::3] for n in range(3)), strict=True):
            factors.append((at - low,) if choice.unbounded else (at - low, high - at))
        fields = (each.into(value) for each, value in zip(scales, made, strict=False))
        found.append(Piece(tuple(fields), tuple(factors)))
    return tuple(found)


_Branch = tuple[list[z3.BoolRef], list[z3.ExprRef]]


def _branches(terms: list[z3.ExprRef]) -> list[_Branch] | None:
    """The terms without conditionals, by what the conditions are; None where they are many."""
    found, todo = list[_Branch](), [(list[z3.BoolRef](), terms)]
    while todo:
        if len(found) + len(todo) > MOST_PIECES:
            return None
        known, values = todo.pop(0)
        choosing = [n for n in topological(values) if kind_of(n) == z3.Z3_OP_ITE]
        if not choosing:
            found.append((known, values))
            continue
        condition = children_of(choosing[0])[0]
        same = [n for n in choosing if id_of(children_of(n)[0]) == id_of(condition)]
        for which, what in ((1, condition), (2, z3.Not(condition))):
            taken = [(node, children_of(node)[which]) for node in same]
            todo.append(([*known, what], [z3.substitute(value, *taken) for value in values]))
    return found


def _clauses(problem: Problem, symbols: Scaled, box: Box) -> tuple[Limit, ...] | None:
    """The clauses, but for those that hold all over the box; None where one is of another form."""
    found: list[Limit] = []
    for clause in problem.clauses[problem.agent.name]:
        for part in parts(clause.condition):
            sides = comparisons(part)
            if not sides and not z3.is_true(part):
                return None
            for low, high, strict in sides:
                made = symbols.polynomial(low - high)
                if made is None:
                    return None
                wanted = made + rational(STRICT * strict)
                if not _holds_over(wanted, symbols.scales, box):
                    own = attrs.evolve(clause, condition=low < high if strict else low <= high)
                    found.append(Limit(own, wanted, strict))
    return tuple(found)


def _holds_over(polynomial: Polynomial, scales: Sequence[Scale], box: Box) -> bool:
    """Whether an affine polynomial is at most 0 all over a box; False of any other."""
    if polynomial.total_degree() > 1:
        return False
    total = ZERO
    for monomial, value in polynomial.to_dict().items():
        slope = as_fraction(value)
        place = next((n for n, power in enumerate(monomial) if power), None)
        if place is None:
            total += slope
        elif place < len(box):
            low, high = ((end - scales[place].centre) / scales[place].scale for end in box[place])
            total += max(slope * low, slope * high)
        else:
            return False
    return total <= 0
