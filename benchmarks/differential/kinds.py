"""Kinds of schemes, each drawn with a seeded generator, and the claims that are put about them.

A claim's limit is drawn near the most that some runs reach, so that neither answer is easy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs

from benchmarks.differential import oracle, trees
from benchmarks.differential.machines import (
    Choice,
    Field,
    Folded,
    Kept,
    Machine,
    Step,
    Term,
    either,
    fewer,
    greatest,
    grown,
    least,
    more,
    name,
    term,
)

Draw = random.Random
Maker = Callable[[Draw], Machine]
ZERO, ONE = Fraction(0), Fraction(1)


def number(draw: Draw, low: int, high: int, parts: int = 8) -> Fraction:
    """One of low/parts, ..., high/parts."""
    return Fraction(draw.randint(low, high), parts)


def some(draw: Draw, fields: Sequence[Field], most: int, parts: int = 8) -> Term:
    """An affine term: every field with a coefficient of at most ``most`` parts, and a constant."""
    total = term(number(draw, 0, max(1, most // 3), parts))
    for field in fields:
        weight = number(draw, -most, most, parts)
        total = total + name(field.name) * weight
    return total


def clamped(what: Term, field: Field) -> Term:
    """The term, cut off at the ends of a field's domain."""
    return greatest(field.low, least(field.high, what))


def noise(draw: Draw, title: str, signed: bool) -> Choice:
    """A small number that nature chooses."""
    width = number(draw, 0, 4, 32)
    return Choice(title, term(-width if signed else 0), term(width))


def settled(draw: Draw, outputs: Sequence[Term], fields: Sequence[Field]) -> tuple[Term, ...]:
    """The outputs, in half of all cases cut off at the domain's ends."""
    cut = draw.random() < 0.5
    return tuple(clamped(o, f) if cut else o for o, f in zip(outputs, fields, strict=True))


def start(draw: Draw, fields: Sequence[Field]) -> tuple[Fraction, ...]:
    """A seed inside the fields' domains."""
    return tuple(f.low + (f.high - f.low) * number(draw, 0, 8) for f in fields)


def squares(draw: Draw, count: int) -> tuple[Field, ...]:
    """Fields of one domain."""
    low, high = draw.choice([(0, 1), (-1, 1), (-2, 2)])
    return tuple(Field("xyz"[i], Fraction(low), Fraction(high)) for i in range(count))


def polynomial(draw: Draw) -> Machine:
    """Polynomials of degree up to three, with noise."""
    fields = squares(draw, draw.randint(1, 2))
    choices = tuple(noise(draw, f"n{f.name}", draw.random() < 0.5) for f in fields)
    outputs = []
    for choice in choices:
        what = some(draw, fields, 4) + name(choice.name)
        for _ in range(draw.randint(1, 2)):
            monomial = term(number(draw, -4, 4))
            for _ in range(draw.randint(2, 3)):
                monomial = monomial * name(draw.choice(fields).name)
            what = what + monomial
        outputs.append(what)
    step = Step(choices, settled(draw, outputs, fields))
    return Machine("polynomial", fields, start(draw, fields), (step,))


def rational(draw: Draw) -> Machine:
    """A share that is normalised: quotients whose denominator is at least one."""
    fields = (Field("x"),)
    x, a, b = name("x"), number(draw, 1, 12), number(draw, 0, 16)
    what = (x * a + number(draw, 0, 3) + name("n")) / (x * b + 1)
    step = Step((noise(draw, "n", False),), settled(draw, [what], fields))
    return Machine("rational", fields, start(draw, fields), (step,))


def condition(draw: Draw, fields: Sequence[Field]) -> Term:
    """A comparison, strict or not, or two of them put together."""
    quantity, bound = some(draw, fields, 8), number(draw, -4, 8)
    found = quantity < bound if draw.random() < 0.5 else quantity <= bound
    if draw.random() < 0.3:
        other = name(draw.choice(fields).name) <= number(draw, 0, 8)
        return draw.choice([found & other, found | other, ~found])
    return found


def piecewise(draw: Draw) -> Machine:
    """Conditionals, least and greatest of affine terms."""
    fields = squares(draw, draw.randint(1, 2))
    choices = tuple(noise(draw, f"n{f.name}", draw.random() < 0.5) for f in fields)
    outputs = []
    for choice in choices:
        one, two = some(draw, fields, 5), some(draw, fields, 5)
        parts = [either(condition(draw, fields), one, two), least(one, two), greatest(one, two)]
        outputs.append(draw.choice(parts) + name(choice.name))
    step = Step(choices, settled(draw, outputs, fields))
    return Machine("piecewise", fields, start(draw, fields), (step,))


def coupled(draw: Draw) -> Machine:
    """Wrong answers and malign ones, which together are at most all."""
    error = Field("error")
    malign = Field("malign", cap=term(1) - name("error"))
    slip, hidden = number(draw, 0, 3, 32), number(draw, 0, 2, 32)
    kept, leak = number(draw, 1, 8), number(draw, 0, 4)
    choices = (
        Choice("slip", high=term(slip)),
        Choice("hidden", high=least(hidden, greatest(0, term(slip) - name("slip")))),
    )
    e, m = name("error"), name("malign")
    turned = m * (ONE - leak) * draw.choice([ONE, Fraction(1, 2)])
    outputs = (e * kept * Fraction(7, 8) + m * leak * Fraction(1, 2) + name("slip"), turned)
    made = (least(1, outputs[0]), least(term(1) - least(1, outputs[0]), turned + name("hidden")))
    seed = (number(draw, 0, 4), number(draw, 0, 4))
    return Machine("coupled", (error, malign), seed, (Step(choices, made),))


def choices(draw: Draw) -> Machine:
    """Several choices that share one budget between them, or depend on the state."""
    fields = squares(draw, 2)
    total = number(draw, 1, 4, 16)
    first = Choice("a", high=term(total))
    second = Choice("b", high=term(total) - name("a"))
    third = Choice("c", low=name("x") - total, high=name("x") + total)
    outputs = [
        some(draw, fields, 4) + name("a") - name("b") * draw.randint(0, 1),
        name("c") * number(draw, 1, 6) + name("b") * number(draw, -8, 8) + name("y") / 8,
    ]
    step = Step((first, second, third), settled(draw, outputs, fields))
    return Machine("choices", fields, start(draw, fields), (step,))


def turning(draw: Draw) -> Machine:
    """Linear maps that turn and shrink, with bounded noise."""
    fields = tuple(Field(n, Fraction(-4), Fraction(4)) for n in "xy")
    c, s = draw.choice([(3, 4), (4, 3), (5, 12), (12, 5), (8, 15)])
    r = Fraction({25: 5, 169: 13, 289: 17}[c * c + s * s])
    shrink = number(draw, 12, 20, 20)
    x, y = name("x") * (shrink / r), name("y") * (shrink / r)
    width = ZERO if shrink == 1 else number(draw, 0, 4, 32)
    choice = Choice("n", term(-width), term(width))
    step = Step((choice,), (x * c - y * s + name("n"), x * s + y * c))
    return Machine("turning", fields, (ONE, ZERO), (step,))


def chain(draw: Draw) -> Machine:
    """A distribution over three places, moved by a matrix that nature may shift a little."""
    fields = tuple(Field(n) for n in ("here", "there", "lost"))
    a, b, c = number(draw, 1, 6, 16), number(draw, 0, 6, 16), number(draw, 0, 4, 16)
    choice = Choice("p", term(a / 2), term(a))
    here, there, p = name("here"), name("there"), name("p")
    outputs = (
        here * (term(1) - p - c) + there * b,
        here * p + there * (ONE - b - Fraction(1, 8)),
        name("lost") + here * c * Fraction(1, 2) + there * Fraction(1, 8),
    )
    return Machine("chain", fields, (ONE, ZERO, ZERO), (Step((choice,), outputs),))


def counted(draw: Draw) -> Machine:
    """Counts and flags with truth values that nature chooses: finitely many states."""
    top = draw.randint(2, 6)
    fields = (
        Field("n", ZERO, Fraction(top), "count"),
        Field("m", ZERO, Fraction(4), "count"),
        Field("f", kind="flag"),
    )
    n, m, f = name("n"), name("m"), name("f")
    asks = [name("u"), name("v"), f, n < draw.randint(0, top), m < draw.randint(0, 4), n <= m]

    def tested() -> Term:
        a, b = draw.sample(asks, 2)
        return draw.choice([a & b, a | b, ~a & b, a])

    up = either(tested(), fewer(n + draw.randint(1, 2), top), either(tested(), 0, n))
    down = either(tested(), more(m - 1, 0), fewer(m + 1, draw.choice([n, term(4)])))
    step = Step((Choice("u", truth=True), Choice("v", truth=True)), (up, down, tested()))
    seed = (draw.randint(0, top), draw.randint(0, 4), draw.random() < 0.5)
    return Machine("counted", fields, seed, (step,))


def mixed(draw: Draw) -> Machine:
    """Real numbers that counts and flags steer."""
    top = draw.randint(2, 8)
    fields = (Field("e"), Field("n", ZERO, Fraction(top), "count"), Field("f", kind="flag"))
    e, n, f = name("e"), name("n"), name("f")
    early = n < draw.randint(1, top)
    rising = e * number(draw, 4, 8) + name("slip")
    falling = e * number(draw, 1, 7) + number(draw, 0, 2, 16)
    made = either(draw.choice([early, f, ~f, f & early]), rising, falling)
    counted_on = either(draw.choice([name("u"), f, early]), fewer(n + 1, top), n)
    flagged = draw.choice([name("u"), f | (e <= number(draw, 1, 7)), early, ~f])
    step = Step((noise(draw, "slip", False), Choice("u", truth=True)), (made, counted_on, flagged))
    seed = (number(draw, 0, 4), draw.randint(0, top), draw.random() < 0.5)
    return Machine("mixed", fields, seed, (step,))


def places(draw: Draw) -> Machine:
    """Real numbers that are exchanged, added up and cut off: often finitely many states."""
    fields = tuple(Field(n) for n in "xyz"[: draw.randint(2, 3)])
    names = [name(field.name) for field in fields]
    made = []
    for _ in fields:
        a, b = draw.choice(names), draw.choice(names)
        options = [a, term(1) - a, least(a, b), greatest(a, b), either(a <= b, b, a)]
        options.append(either(name("u"), a, b))
        options.append(either(a < number(draw, 1, 7), a + Fraction(1, 8), b))
        made.append(draw.choice(options))
    step = Step((Choice("u", truth=True),), tuple(made))
    return Machine("places", fields, start(draw, fields), (step,))


def improving(draw: Draw) -> Machine:
    """What is wrong falls at first and rises later, or the other way round."""
    fields = (Field("e", ZERO, Fraction(2)), Field("c"))
    e, c = name("e"), name("c")
    kept, pushed, fading = number(draw, 2, 7), number(draw, -4, 6), number(draw, 2, 8)
    bent = draw.choice([e * kept, e * e * kept, e * kept + (term(1) - c) * c * Fraction(1, 4)])
    outputs = [greatest(0, bent + c * pushed + name("n")), c * fading]
    if draw.random() < 0.5:
        outputs[1] = least(1, c + number(draw, 1, 4))
    step = Step((noise(draw, "n", False),), (outputs[0], outputs[1]))
    return Machine("improving", fields, (number(draw, 0, 8), number(draw, 0, 8)), (step,))


def budgeted(draw: Draw) -> Machine:
    """Two or three numbers, on whose sums and differences there are budgets of their own."""
    fields = tuple(Field(n, Fraction(-2), Fraction(2)) for n in "xyz"[: draw.randint(2, 3)])
    outputs, asked = [], []
    for field in fields:
        choice = noise(draw, f"n{field.name}", draw.random() < 0.5)
        asked.append(choice)
        outputs.append(some(draw, fields, 8 // len(fields)) + name(choice.name))
    return Machine("budgeted", fields, start(draw, fields), (Step(tuple(asked), tuple(outputs)),))


def scheme(draw: Draw) -> Machine:
    """Amplification that asks copies for the parts, distillation that needs oversight."""
    capability = Field("capability", ZERO, Fraction(10))
    error = Field("error")
    parts, slip = draw.randint(1, 3), number(draw, 0, 2, 64)
    asked = Choice("slip", high=term(slip))
    checked = number(draw, 0, 8)
    raised = least(1, name("slip") + name("error") * parts * (ONE - checked))
    if draw.random() < 0.4:
        raised = least(1, name("slip") + name("error") * name("error") * 3)
    gain = number(draw, 0, 8)
    amplify = Step((asked,), (least(10, name("capability") + gain), raised))
    lost = Choice("lost", high=least(number(draw, 0, 4), name("capability")))
    departed = Choice("departure", high=term(number(draw, 0, 3, 64)))
    back = least(1, name("error") + name("departure"))
    distill = Step((lost, departed), (name("capability") - name("lost"), back))
    works = name("error") <= number(draw, 1, 6)
    if draw.random() < 0.5:
        works = works & (name("student capability") <= name("capability") + number(draw, -1, 1))
    if draw.random() < 0.3:
        works = works & (name("student error") < number(draw, 2, 8))
    seed = (number(draw, 0, 16), number(draw, 0, 3, 16))
    fields = (capability, error)
    overseen = works if draw.random() < 0.85 else None
    return Machine("scheme", fields, seed, (amplify, distill), expert=fields, oversight=overseen)


def starting(draw: Draw) -> Machine:
    """Any of the loops of real numbers, from a set of seeds."""
    machine = draw.choice((polynomial, piecewise, choices, turning, improving))(draw)
    room = [field.high - at for field, at in zip(machine.agent, machine.seed, strict=True)]
    spread = tuple(min(free, number(draw, 0, 4, 16)) for free in room)
    return attrs.evolve(machine, kind="starting", spread=spread)


def curved(draw: Draw) -> Machine:
    """A field that falls, rises or saturates along exp, with noise."""
    fields = squares(draw, draw.randint(1, 2))
    asked = tuple(noise(draw, f"n{f.name}", draw.random() < 0.5) for f in fields)
    outputs = []
    for choice in asked:
        along = grown(some(draw, fields, 8, 6) * draw.choice([-1, 1]))
        bent = draw.choice([along, term(1) - along, term(1) / (term(1) + along)])
        held = name(draw.choice(fields).name) * number(draw, -4, 4)
        outputs.append(bent * number(draw, -4, 4) + held + name(choice.name))
    step = Step(asked, settled(draw, outputs, fields))
    return Machine("curved", fields, start(draw, fields), (step,))


KINDS: tuple[Maker, ...] = (
    polynomial,
    rational,
    piecewise,
    coupled,
    choices,
    turning,
    chain,
    counted,
    mixed,
    places,
    improving,
    budgeted,
    scheme,
    starting,
    curved,
)


def quantities(draw: Draw, machine: Machine) -> list[Term]:
    """What a claim may bound: fields, their sums and differences, and flags as 0 or 1."""
    real = [name(f.name) for f in machine.agent if f.kind != "flag"]
    flags = [either(name(f.name), 1, 0) for f in machine.agent if f.kind == "flag"]
    found = [draw.choice([real[0], real[0], term(0) - real[0], *flags])]
    if machine.kind in ("budgeted", "coupled", "choices") and len(real) > 1:
        found = [draw.choice([real[0] + real[1], real[0] - real[1], real[0] * 2 + real[-1]])]
    if machine.kind == "scheme":
        found = [real[1]]
    if draw.random() < 0.25:
        found.append(draw.choice([*real, *(term(1) - each for each in real), *flags]))
    return found


def claimed(draw: Draw, machine: Machine) -> Machine:
    """The machine with a claim whose limits lie near what some runs reach."""
    kept = []
    for quantity in quantities(draw, machine):
        most = oracle.extreme(machine, Kept(quantity, ZERO), draw)
        far = draw.choice([-1, 0, 0, 1, 1, 2, 8])
        parts = draw.choice([8, 20, 100, 1000])
        limit = Fraction(round(most * parts) + far, parts)
        kept.append(Kept(quantity, limit, draw.random() < 0.3))
    return attrs.evolve(machine, kept=tuple(kept))


def drawn(seed: int) -> Machine | Folded:
    """The scheme of a number: one kind after the other, always the same for the same number."""
    draw = random.Random(seed)
    kind = seed % (len(KINDS) + 1)
    return trees.drawn(draw) if kind == len(KINDS) else claimed(draw, KINDS[kind](draw))
