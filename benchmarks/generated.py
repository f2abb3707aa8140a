"""The generated half of the questions: nine families at four distances, drawn with a fixed seed.

FROZEN: this file was written before alignspec was run on any of its questions, and is not edited
afterwards except for a wrong label, which benchmarks/README.md would then say. Its hash is there.

In each family the threshold T is known exactly. A question is put at the relative distance 1e-1,
1e-3, 1e-6 or 1e-9 from it, on a side that is drawn, two of the four on each.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import comb, prod

import attrs

from benchmarks.question import Chain, Label, Question, Range, State, System, question, ranges, when
from benchmarks.theory import climbs, first_break, keeps_box, keeps_interval, require

SEED = 20240229
DISTANCES = tuple(Fraction(1, 10**k) for k in (1, 3, 6, 9))
HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)

Draw = random.Random


def fraction(draw: Draw, low: int, high: int, denominator: int) -> Fraction:
    """One of low/denominator, ..., high/denominator."""
    return Fraction(draw.randint(low, high), denominator)


def beyond(threshold: Fraction, distance: Fraction, outward: bool) -> Fraction:
    """The threshold moved by a relative distance."""
    return threshold * (1 + distance if outward else 1 - distance)


def affine(draw: Draw, distance: Fraction, label: Label) -> Question:
    """e' = a e + b x with x in [0, 1]: the supremum of all runs is T = b / (1 - a)."""
    a, b = fraction(draw, 1, 15, 20), fraction(draw, 1, 4, 20)
    top = b / (1 - a)
    system = System(
        fields=ranges(["e"], 0, 2),
        choices=ranges(["x"], 0, 1),
        seed=(ZERO,),
        step=lambda s, x: (a * s[0] + b * x[0],),
        limit=beyond(top, distance, label == "safe"),
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_box(system, [(ZERO, top)])
            return None
        climbs(system, 1)
        return first_break(system)

    why = f"e' = {a} e + {b} x <= {top} and comes as near to it as one likes"
    return question("affine", "affine", system, label, why, theory, distance)


def majority(draw: Draw, distance: Fraction, label: Label) -> Question:
    """e' = n (1 - M) + (1 - n) M, M the probability that most of k copies are wrong.

    At n = T = (c - M(c)) / (1 - 2 M(c)) the limit c is a fixed point, and no less number is one:
    M is convex on [0, 1/2] and M(1/2) = 1/2, so e' - e has two zeros there. e' rises with n.
    """
    copies, limit = draw.choice([3, 5]), fraction(draw, 3, 8, 20)

    def wrong(e: Fraction) -> Fraction:
        most = range(copies // 2 + 1, copies + 1)
        return sum((comb(copies, i) * e**i * (1 - e) ** (copies - i) for i in most), 0 * e)

    threshold = (limit - wrong(limit)) / (1 - 2 * wrong(limit))
    noise = beyond(threshold, distance, label == "unsafe")

    def step(s: State, x: State) -> State:
        return (noise * (1 - wrong(s[0])) + (1 - noise) * wrong(s[0]),)

    system = System(ranges(["e"], 0, 1), (), (ZERO,), step, limit)

    def theory() -> int | None:
        if label == "safe":
            keeps_interval(system, ZERO, limit, copies)
            return None
        climbs(system, copies)
        return first_break(system)

    why = f"majority of {copies}, limit {limit}: it is a fixed point at noise {threshold}"
    return question(f"majority of {copies}", "majority", system, label, why, theory, distance)


def quadratic(draw: Draw, distance: Fraction, label: Label) -> Question:
    """e' = s e^2 + eps: s e^2 + eps - e has a zero iff eps <= T = 1 / (4 s), the greatest of the
    lesser zeros being 1 / (2 s) at T. The limit lies between 1 / (2 s) and the domain's top."""
    scale = fraction(draw, 8, 16, 8)
    fixed, threshold = 1 / (2 * scale), 1 / (4 * scale)
    limit = fixed + fraction(draw, 1, 3, 4) * (ONE - fixed)
    noise = beyond(threshold, distance, label == "unsafe")
    system = System(
        ranges(["e"], 0, 40), (), (ZERO,), lambda s, x: (scale * s[0] ** 2 + noise,), limit
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_interval(system, ZERO, fixed, 2)
            return None
        climbs(system, 2)
        return first_break(system) if distance >= Fraction(1, 1000) else None

    why = f"e' = {scale} e^2 + eps has a fixed point iff eps <= {threshold}"
    return question("quadratic", "quadratic", system, label, why, theory, distance)


def ring(draw: Draw, distance: Fraction, label: Label) -> Question:
    """N agents on a ring, e_i' = s e_i e_(i-1) + eps: wrong when it and its neighbour are. From 0
    all stay equal, and the threshold is that of ``quadratic``."""
    scale = fraction(draw, 8, 16, 8)
    agents = {1: 2, 3: 8, 6: 64, 9: 32}[len(str(distance.denominator)) - 1]
    fixed, threshold = 1 / (2 * scale), 1 / (4 * scale)
    limit = fixed + fraction(draw, 1, 3, 4) * (ONE - fixed)
    noise = beyond(threshold, distance, label == "unsafe")
    system = System(
        ranges([f"e{i}" for i in range(agents)], 0, 40),
        (),
        (ZERO,) * agents,
        lambda s, x: tuple(scale * s[i] * s[i - 1] + noise for i in range(agents)),
        limit,
        watched=lambda state: state,
    )
    alone = System(
        ranges(["e"], 0, 40), (), (ZERO,), lambda s, x: (scale * s[0] ** 2 + noise,), limit
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_box(system, [(ZERO, fixed)] * agents)
            return None
        for e in (ZERO, HALF, Fraction(1, 3)):  # equal agents move as the one of ``alone``
            require(tuple(system.step((e,) * agents, ())) == (alone.step((e,), ())[0],) * agents)
        climbs(alone, 2)
        return first_break(alone) if distance >= Fraction(1, 1000) else None

    why = f"e_i' = {scale} e_i e_(i-1) + eps has a fixed point iff eps <= {threshold}"
    return question(
        f"ring of {agents}", "ring", system, label, why, theory, distance, agents=agents
    )


def ladder(draw: Draw, distance: Fraction, label: Label) -> Question:
    """N agents, each learning from the one before: e_0' = a e_0 + b x, e_i' = a e_i + c e_(i-1).

    The supremum of the last is T = b / (1 - a) (c / (1 - a))^(N-1), all choices at the top.
    """
    agents = {1: 32, 3: 16, 6: 8, 9: 4}[len(str(distance.denominator)) - 1]
    a, b = fraction(draw, 2, 12, 20), fraction(draw, 1, 6, 20)
    c = (1 - a) * fraction(draw, 15, 20, 20)
    tops = [b / (1 - a) * (c / (1 - a)) ** i for i in range(agents)]

    def step(s: State, x: State) -> State:
        return (a * s[0] + b * x[0], *(a * s[i] + c * s[i - 1] for i in range(1, agents)))

    system = System(
        ranges([f"e{i}" for i in range(agents)], 0, 2),
        ranges(["x"], 0, 1),
        (ZERO,) * agents,
        step,
        beyond(tops[-1], distance, label == "safe"),
        watched=lambda state: state[-1:],
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_box(system, [(ZERO, top) for top in tops])
            return None
        return first_break(system)

    why = f"the last of {agents} agents has the supremum b/(1-a) (c/(1-a))^{agents - 1}"
    return question(
        f"ladder of {agents}", "ladder", system, label, why, theory, distance, agents=agents
    )


def switch(draw: Draw, distance: Fraction, label: Label) -> Question:
    """While e <= t oversight works and e' = a e + b x; beyond it the student is arbitrary.

    Safe iff t >= T = b / (1 - a), the supremum of the runs that oversight keeps. The claimed limit
    is far above t, and not inductive.
    """
    a, b = fraction(draw, 4, 16, 20), fraction(draw, 1, 2, 20)
    top = b / (1 - a)
    works = beyond(top, distance, label == "safe")
    limit = works + (1 - works) / 2
    system = System(
        ranges(["e"], 0, 1),
        ranges(["x", "anything"], 0, 1),
        (ZERO,),
        lambda s, x: (when(s[0] <= works, a * s[0] + b * x[0], x[1]),),
        limit,
    )

    def theory() -> int | None:
        require(works < 1 and top < 1)
        if label == "safe":
            keeps_box(system, [(ZERO, top)])
            return None
        return first_break(system)

    why = f"oversight works for e <= {works}, and e comes as near to {top} as one likes"
    return question("switch", "switch", system, label, why, theory, distance)


def logistic(draw: Draw, distance: Fraction, label: Label) -> Question:
    """e' = r e (1 - e) + b x, which rises and falls. e (1 - e) <= 1/4, so e' <= T = r / 4 + b;
    that is reached: nature first leads the run to 1/2 exactly, then chooses its most."""
    r, b = fraction(draw, 10, 14, 5), fraction(draw, 1, 5, 20)
    r = min(r, 4 * (1 - b))  # so that T <= 1
    seed = next(
        Fraction(n, 100) for n in range(1, 51) if HALF - b <= r * Fraction(n * (100 - n), 10**4)
    )
    toward = (HALF - r * seed * (1 - seed)) / b
    top = r / 4 + b
    system = System(
        ranges(["e"], 0, 2),
        ranges(["x"], 0, 1),
        (seed,),
        lambda s, x: (r * s[0] * (1 - s[0]) + b * x[0],),
        beyond(top, distance, label == "safe"),
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_interval(system, ZERO, top, 2, cuts=[HALF])
            return None
        return first_break(system, lambda iteration: (toward if iteration == 1 else ONE,))

    why = f"e (1 - e) is at most 1/4, and at 1/2 it is that: the most is {top}"
    return question("logistic", "logistic", system, label, why, theory, distance)


def turning(draw: Draw, distance: Fraction, label: Label) -> Question:
    """e' = x - b f, f' = c e with x in [-u, u]: a quarter turn that shrinks.

    e two iterations later is x - b c e, so |e| <= T = u / (1 - b c), approached by choices ++--++.
    """
    b, c = fraction(draw, 8, 24, 20), fraction(draw, 4, 15, 20)
    c = min(c, Fraction(9, 10) / b)
    u = fraction(draw, 1, 4, 20)
    top = u / (1 - b * c)
    system = System(
        ranges(["e", "f"], -8, 8),
        (Range("x", -u, u),),
        (ZERO, ZERO),
        lambda s, x: (x[0] - b * s[1], c * s[0]),
        beyond(top, distance, label == "safe"),
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_box(system, [(-top, top), (-c * top, c * top)])
            return None
        return first_break(system, lambda n: (u if n % 4 in (1, 2) else -u,))

    why = f"e two iterations later is x - {b * c} e, so |e| <= {top}, which is approached"
    return question("turning", "turning", system, label, why, theory, distance)


def chain(draw: Draw, distance: Fraction, label: Label) -> Question:
    """A Markov chain of n levels: from level i on to i + 1 with probability x_i in [u_i / 2, u_i],
    retired for good with probability r_i, else it stays. Past the last level it has failed.

    The agent is the distribution: w_i at level i, f failed. P(ever failed) is the product of
    x_i / (x_i + r_i), greatest at x_i = u_i; f rises to it and never reaches it.
    """
    levels = {1: 1, 3: 2, 6: 3, 9: 4}[len(str(distance.denominator)) - 1]
    most = [fraction(draw, 2, 9, 20) for _ in range(levels)]
    retire = [fraction(draw, 1, 9, 20) for _ in range(levels)]
    top = prod((u / (u + r) for u, r in zip(most, retire, strict=True)), start=ONE)
    limit = beyond(top, distance, label == "safe")

    def step(s: State, x: State) -> State:
        stay = [s[i] * (1 - x[i] - retire[i]) for i in range(levels)]
        on = [s[i] * x[i] for i in range(levels)]
        return (stay[0], *(stay[i] + on[i - 1] for i in range(1, levels)), s[-1] + on[-1])

    system = System(
        ranges([*(f"w{i}" for i in range(levels)), "f"], 0, 1),
        tuple(Range(f"x{i}", u / 2, u) for i, u in enumerate(most)),
        (ONE, *(ZERO,) * levels),
        step,
        limit,
        watched=lambda state: state[-1:],
    )

    def theory() -> int | None:
        require(all(u + r <= 1 for u, r in zip(most, retire, strict=True)))
        if label == "unsafe":
            return first_break(system)
        # h_i, the greatest probability of failing from level i on, makes f + sum h_i w_i a number
        # that no choice raises: h_i (x + r) - x h_(i+1) is affine in x and >= 0 at both ends.
        after = ONE
        for u, r in zip(reversed(most), reversed(retire), strict=True):
            here = after * u / (u + r)
            require(all(here * (x + r) >= x * after for x in (u / 2, u)))
            after = here
        require(after <= limit)
        return None

    why = f"P(ever failed) is at most {top}, and f comes as near to it as one likes"
    name, posed = f"chain of {levels}", markov(most, retire, limit)
    return question(name, "chain", system, label, why, theory, distance, posed)


def markov(most: list[Fraction], retire: list[Fraction], limit: Fraction) -> Chain:
    """The chain in Storm's input language."""
    levels = len(most)
    rows = "\n".join(
        f"  [] s={i} -> x{i}:(s'={i + 1}) + {r}:(s'={levels + 1}) + 1-x{i}-{r}:(s'={i});"
        for i, r in enumerate(retire)
    )
    constants = "\n".join(f"const double x{i};" for i in range(levels))
    prism = (
        f"dtmc\n{constants}\nmodule chain\n  s : [0..{levels + 1}] init 0;\n{rows}\n"
        f'  [] s>={levels} -> true;\nendmodule\nlabel "failed" = s={levels};\n'
    )
    region = ",".join(f"{u / 2}<=x{i}<={u}" for i, u in enumerate(most))
    return Chain(prism, region, limit)


Family = Callable[[Draw, Fraction, Label], Question]
FAMILIES: tuple[Family, ...] = (
    affine,
    majority,
    quadratic,
    ring,
    ladder,
    switch,
    logistic,
    turning,
    chain,
)


def generate(seed: int) -> tuple[Question, ...]:
    """One question for each family and distance, in a fixed order."""
    draw, found = random.Random(seed), []
    for family in FAMILIES:
        labels: list[Label] = ["safe", "safe", "unsafe", "unsafe"]
        draw.shuffle(labels)
        for distance, label in zip(DISTANCES, labels, strict=True):
            found.append(_named(family(draw, distance, label), distance, label))
    return tuple(found)


def _named(made: Question, distance: Fraction, label: Label) -> Question:
    side = "within" if label == "safe" else "beyond"
    name = f"{made.name}: 1e-{len(str(distance.denominator)) - 1} {side}"
    return attrs.evolve(made, name=name, claim=attrs.evolve(made.claim, name=name))


QUESTIONS = generate(SEED)
