"""Questions about polynomial maps in the plane: oscillators, populations and a descent, by steps.

Each model is written anew from the formulas of its source, as Euler steps of the size that the name
says. The runs turn as they shrink, or circle for ever, so that no box is kept. Each question is put
at a limit that a polynomial keeps, and just below what a run reaches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs

from benchmarks.question import (
    Label,
    Question,
    Range,
    State,
    Step,
    System,
    question,
    ranges,
    when,
)
from benchmarks.theory import Box, first_break, keeps_sublevel

F = Fraction


@attrs.frozen(eq=False)
class Kept:
    """What shows that a model keeps a limit: a bound on a polynomial, within a box.

    Args:
        bound: as in "3 x^2 - x y <= 1", in whole numbers.
        rate: how much is left at most, after a step, of what is beyond the bound.
        box: around the set.
        degrees: at most, of the polynomial after a step, in the fields and the choices.
        parts: of the box, in each of which the step is one polynomial; () for all of it.
    """

    bound: str
    rate: Fraction
    box: Box
    degrees: tuple[int, ...]
    parts: Sequence[Box] = ()

    @property
    def terms(self) -> dict[tuple[int, ...], int]:
        """What is to be at most 0: exponents of x and y, and coefficients."""
        left, cap = self.bound.split(" <= ")
        found: dict[tuple[int, ...], int] = {(0, 0): -int(cap)}
        for sign, size, monomial in re.findall(r"(^|[-+] )(\d*) ?((?:[xy](?:\^\d)? ?)+)", left):
            powers = dict(re.findall(r"([xy])(?:\^(\d))?", monomial))
            exponents = tuple(int(powers[n] or 1) if n in powers else 0 for n in "xy")
            found[exponents] = int(size or 1) * (-1 if sign == "- " else 1)
        return found


@attrs.frozen(eq=False)
class Model:
    """A model, and what is known of it: one limit on what is watched is kept, and one is not."""

    name: str
    source: str
    fields: tuple[Range, ...]
    choices: tuple[Range, ...]
    seed: tuple[Fraction, ...]
    step: Step
    watched: Callable[[State], State]
    safe: Fraction
    unsafe: Fraction
    kept: Kept

    def questions(self) -> list[Question]:
        """The question at either limit."""
        return [self._ask(self.safe, "safe"), self._ask(self.unsafe, "unsafe")]

    def _ask(self, limit: Fraction, label: Label) -> Question:
        system = System(self.fields, self.choices, self.seed, self.step, limit, self.watched)

        def theory() -> int | None:
            if label == "unsafe":
                return first_break(system)
            kept = self.kept
            parts = kept.parts or (kept.box,)
            keeps_sublevel(system, kept.terms, kept.rate, kept.box, parts, kept.degrees)
            return None

        name = f"{self.name}, at most {limit}"
        return question(name, "polynomial map", system, label, self.source, theory, agents=2)


def box_of(ends: Sequence[tuple[str, str]]) -> Box:
    """A box with such ends."""
    return [(F(low), F(high)) for low, high in ends]


def reversed_van_der_pol(size: str, push: str = "0") -> Step:
    """Van der Pol's oscillator with its time reversed: it comes to rest from near 0."""
    h = F(size)

    def step(s: State, x: State) -> State:
        a, b = s
        return (a - h * b, b + h * (a + (a * a - 1) * b + (x[0] if x else 0)))

    return step


def duffing(size: str, *, one_sided: bool = False) -> Step:
    """A stiffening spring with friction; or with four times as much when it moves up."""
    h = F(size)

    def step(s: State, x: State) -> State:
        a, b = s
        friction = when(b >= 0, b, b / 4) if one_sided else b / 2
        return (a + h * b, b - h * (a + a * a * a + friction))

    return step


def nerve(size: str) -> Step:
    """A nerve that fires again and again: a membrane and its recovery."""
    h = F(size)

    def step(s: State, x: State) -> State:
        a, b = s
        return (
            a + h * (a - a * a * a / 3 - b + F(7, 8)),
            b + h * F(2, 25) * (a + F(7, 10) - F(4, 5) * b),
        )

    return step


def predators(s: State, x: State) -> State:
    """Prey that crowds itself, and predators."""
    a, b = s
    return (a + a * (F(3, 2) - a - b) / 5, b + b * (a - F(1, 2) - b / 4) / 5)


def hands(s: State, x: State) -> State:
    """Shares of rock and paper, the rest is scissors: a win is worth 2, a defeat costs 1."""
    a, b = s
    c = 1 - a - b
    first, second, third = 2 * c - b, 2 * a - c, 2 * b - a
    mean = a * first + b * second + c * third
    return (a + a * (first - mean) / 10, b + b * (second - mean) / 10)


def heavy_ball(s: State, x: State) -> State:
    """Descent with momentum on x^4/4 + x^2/2, its gradient known up to a quarter."""
    a, b = s
    velocity = F(4, 5) * b - (a * a * a + a + x[0]) / 10
    return (a + velocity, velocity)


PLANE = ranges(["x", "y"], -4, 4)
OSCILLATOR = "Khalil, Nonlinear systems (2002), on regions of attraction; with its time reversed"
SPRING = "Duffing, Erzwungene Schwingungen bei veränderlicher Eigenfrequenz (1918)"
NERVE = "FitzHugh, Impulses and physiological states in theoretical models of nerve membrane (1961)"
PREY = "Volterra, Fluctuations in the abundance of a species considered mathematically (1926)"
GAME = "Hofbauer and Sigmund, Evolutionary games and population dynamics (1998), chapter 7"
BALL = "Polyak, Some methods of speeding up the convergence of iteration methods (1964)"

MODELS = (
    Model(
        "reversed Van der Pol by 1/10",
        OSCILLATOR,
        PLANE,
        (),
        (F("1"), F("0")),
        reversed_van_der_pol("1/10"),
        lambda s: s[1:],
        F("1"),
        F("3/4"),
        Kept(
            "112128 x^4 - 646880 x^3 y + 5089472 x^2 y^2 - 9901568 x y^3 + 6367488 "
            "y^4 - 1525704 x^3 - 1966352 x^2 y + 5670080 x y^2 - 8384768 y^3 + "
            "8936376 x^2 - 4929640 x y + 7806992 y^2 - 2325434 x + 2447028 y <= "
            "5203731",
            F("99/100"),
            box_of([("-1", "7/4"), ("-11/16", "1")]),
            (8, 4),
        ),
    ),
    Model(
        "reversed Van der Pol by 1/50",
        OSCILLATOR,
        PLANE,
        (),
        (F("1"), F("0")),
        reversed_van_der_pol("1/50"),
        lambda s: s[1:],
        F("1"),
        F("7/10"),
        Kept(
            "6399680 x^4 - 7160576 x^3 y + 21524992 x^2 y^2 - 35978240 x y^3 + "
            "16441344 y^4 - 221536 x^3 + 2873600 x^2 y + 22322560 x y^2 - 16061952 "
            "y^3 + 16247608 x^2 - 19851280 x y + 29345344 y^2 - 12441590 x - "
            "6003656 y <= 9997071",
            F("99/100"),
            box_of([("-7/8", "13/8"), ("-7/16", "1")]),
            (8, 4),
        ),
    ),
    Model(
        "pushed Van der Pol by 1/10",
        OSCILLATOR,
        PLANE,
        (Range("u", F("-1/5"), F("1/5")),),
        (F("1/2"), F("0")),
        reversed_van_der_pol("1/10"),
        lambda s: s[1:],
        F("3/4"),
        F("2/5"),
        Kept(
            "106496 x^4 - 65536 x^3 y + 204800 x^2 y^2 - 204800 x y^3 + 176128 y^4 "
            "- 34816 x^3 + 10240 x^2 y - 41984 x y^2 - 47104 y^3 + 69248 x^2 - "
            "18816 x y + 68736 y^2 + 1360 x + 4128 y <= 30213",
            F("99/100"),
            box_of([("-13/16", "15/16"), ("-1/2", "3/4")]),
            (8, 4, 4),
        ),
    ),
    Model(
        "Duffing by 1/10",
        SPRING,
        PLANE,
        (),
        (F("1"), F("0")),
        duffing("1/10"),
        lambda s: (-s[0], s[1]),
        F("5/4"),
        F("3/5"),
        Kept(
            "12800 x^4 - 1536 x^3 y + 256 x^2 y^2 + 1024 x y^3 + 256 y^4 - 1664 x^3 "
            "+ 2944 x^2 y + 1024 x y^2 + 1536 y^3 + 40144 x^2 + 18752 x y + 32800 "
            "y^2 - 480 x + 768 y <= 50987",
            F("99/100"),
            box_of([("-5/4", "15/8"), ("-2", "5/4")]),
            (12, 4),
        ),
    ),
    Model(
        "Duffing by 1/20",
        SPRING,
        PLANE,
        (),
        (F("1"), F("0")),
        duffing("1/20"),
        lambda s: (-s[0], s[1]),
        F("5/4"),
        F("3/5"),
        Kept(
            "256000 x^4 - 72192 x^3 y - 38400 x^2 y^2 + 10240 x y^3 + 3840 y^4 - "
            "74880 x^3 + 40064 x^2 y + 8960 x y^2 + 25856 y^3 + 983040 x^2 + 454432 "
            "x y + 783936 y^2 + 7576 x + 7624 y <= 1182893",
            F("99/100"),
            box_of([("-5/4", "15/8"), ("-7/4", "5/4")]),
            (12, 4),
        ),
    ),
    Model(
        "one-sided friction by 1/10",
        SPRING,
        PLANE,
        (),
        (F("1"), F("0")),
        duffing("1/10", one_sided=True),
        lambda s: (-s[0], s[1]),
        F("3/2"),
        F("9/10"),
        Kept(
            "25600 x^4 + 4352 x^3 y + 2048 x^2 y^2 + 3072 x y^3 + 768 y^4 + 15936 "
            "x^3 + 4096 x^2 y + 7936 x y^2 + 1792 y^3 + 48000 x^2 + 14656 x y + "
            "46112 y^2 + 7312 x + 240 y <= 97005",
            F("99/100"),
            box_of([("-3/2", "2"), ("-9/4", "3/2")]),
            (12, 4),
            [box_of([("-3/2", "2"), ends]) for ends in (("-9/4", "0"), ("0", "3/2"))],
        ),
    ),
    Model(
        "nerve by 1/5",
        NERVE,
        PLANE,
        (),
        (F("0"), F("0")),
        nerve("1/5"),
        lambda s: (*s, *(-v for v in s)),
        F("5/2"),
        F("39/20"),
        Kept(
            "250 x^4 + 500 x^3 y + 470 x^2 y^2 + 512 x y^3 + 740 y^4 - 525 x^3 - "
            "944 x^2 y - 1488 x y^2 - 2712 y^3 + 362 x^2 + 1896 x y + 7152 y^2 - "
            "488 x - 8264 y <= 2356",
            F("9/10"),
            box_of([("-5/2", "5/2"), ("-7/8", "5/2")]),
            (12, 4),
        ),
    ),
    Model(
        "nerve by 1/10",
        NERVE,
        PLANE,
        (),
        (F("0"), F("0")),
        nerve("1/10"),
        lambda s: (*s, *(-v for v in s)),
        F("5/2"),
        F("39/20"),
        Kept(
            "80964 x^4 + 90661 x^3 y + 99972 x^2 y^2 + 99962 x y^3 + 99938 y^4 - "
            "80112 x^3 - 169092 x^2 y - 275824 x y^2 - 308192 y^3 - 203232 x^2 + "
            "87440 x y + 1307376 y^2 + 75520 x - 1879168 y <= 486656",
            F("99/100"),
            box_of([("-5/2", "5/2"), ("-5/2", "5/2")]),
            (12, 4),
        ),
    ),
    Model(
        "predators by 1/5",
        PREY,
        ranges(["x", "y"], 0, 4),
        (),
        (F("1/2"), F("1/2")),
        predators,
        lambda s: s,
        F("6/5"),
        F("17/20"),
        Kept(
            "180224 x^2 + 59136 x y + 256000 y^2 - 293200 x - 422736 y <= -234007",
            F("99/100"),
            box_of([("9/32", "35/32"), ("9/32", "17/16")]),
            (4, 4),
        ),
    ),
    Model(
        "rock and paper by 1/10",
        GAME,
        ranges(["x", "y"], 0, 1),
        (),
        (F("1/2"), F("1/4")),
        hands,
        lambda s: s[1:],
        F("3/5"),
        F("9/20"),
        Kept(
            "3661824 x^4 + 704512 x^3 y - 671744 x^2 y^2 - 1703936 x y^3 + 786432 "
            "y^4 - 6105600 x^3 + 2089984 x^2 y + 4153344 x y^2 - 1589248 y^3 + "
            "3891632 x^2 - 2276736 x y + 1563392 y^2 - 1190328 x - 777056 y <= "
            "-285639",
            F("99/100"),
            box_of([("3/32", "21/32"), ("9/64", "9/16")]),
            (12, 12),
        ),
    ),
    Model(
        "heavy ball",
        BALL,
        PLANE,
        (Range("u", F("-1/4"), F("1/4")),),
        (F("1"), F("0")),
        heavy_ball,
        lambda s: (-s[0],),
        F("5/4"),
        F("7/10"),
        Kept(
            "500 x^4 - 982 x^3 y + 1386 x^2 y^2 + 3996 x y^3 + 2840 y^4 - 119 x^3 + "
            "212 x^2 y - 276 x y^2 + 3712 y^3 + 882 x^2 - 676 x y + 8000 y^2 + 4 x "
            "- 56 y <= 2608",
            F("99/100"),
            box_of([("-5/4", "15/8"), ("-5/8", "1/2")]),
            (12, 4, 4),
        ),
    ),
)

QUESTIONS: tuple[Question, ...] = tuple(each for model in MODELS for each in model.questions())
