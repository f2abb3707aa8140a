"""The hand-written half of the questions: endpoints, long runs, and loops that mislead.

Each has its right answer, the reason in words, and the reason checked in exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from benchmarks.generated import markov
from benchmarks.question import (
    Chain,
    Label,
    Question,
    Range,
    State,
    System,
    maximum,
    minimum,
    question,
    ranges,
    when,
)
from benchmarks.theory import climbs, first_break, keeps_box, keeps_interval, require, rises
from models.imitation import Imitation, imitation
from spec import Claim
from spec.alignment import Benign
from spec.parameters import settle

F = Fraction
ZERO, HALF, ONE = F(0), F(1, 2), F(1)
TINY = F(1, 10**9)


def either(label: Label, system: System, safe: Callable[[], None]) -> Callable[[], int | None]:
    """The check of a label: ``safe``, or the run in which every choice is at its high end."""

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        safe()
        return None

    return theory


# --- one agent, one number ---------------------------------------------------------------------


def flip(noise: Fraction, limit: Fraction) -> System:
    """Two or three of three copies are wrong, or the answer is flipped when written.

    F(e) = noise (1 - M) + (1 - noise) M with M = 3 e^2 - 2 e^3.
    """

    def step(s: State, x: State) -> State:
        wrong = 3 * s[0] ** 2 - 2 * s[0] ** 3
        return (noise * (1 - wrong) + (1 - noise) * wrong,)

    return System(ranges(["e"], 0, 1), (), (ZERO,), step, limit)


def majority(
    noise: str, label: Label, why: str, top: str = "2/5", far: Fraction | None = None
) -> Question:
    system = flip(sum((F(part) for part in noise.split("+")), ZERO), F(top))

    def theory() -> int | None:
        if label == "safe":
            keeps_interval(system, ZERO, F(top), 3)
            return None
        climbs(system, 3)
        rises(system, ZERO, HALF, 3)
        return first_break(system, rising=True)

    return question(
        f"majority, noise {noise}, error <= {top}", "majority", system, label, why, theory, far
    )


def confirmed(extra: str, label: Label, why: str, far: Fraction) -> Question:
    """An answer is wrong when two independent copies are: F(e) = e^2 + noise."""
    noise = F(1, 4) + F(extra)
    system = System(ranges(["e"], 0, 1), (), (ZERO,), lambda s, x: (s[0] ** 2 + noise,), F(3, 4))

    def theory() -> int | None:
        if label == "safe":
            keeps_interval(system, ZERO, HALF, 2)
            return None
        climbs(system, 2)
        return first_break(system) if far > F(1, 10**5) else None

    sign = "+" if F(extra) > 0 else "-"
    name = f"confirmed, noise 1/4 {sign} {abs(F(extra))}" if F(extra) else "confirmed, noise 1/4"
    return question(name, "quadratic", system, label, why, theory, far)


def halving(limit: str, label: Label, why: str, far: Fraction) -> Question:
    system = System(
        ranges(["e"], 0, 1),
        (Range("x", ZERO, F(1, 4)),),
        (ZERO,),
        lambda s, x: (s[0] / 2 + x[0],),
        F(limit),
    )

    theory = either(label, system, lambda: keeps_box(system, [(ZERO, HALF)]))

    return question(f"halving, error <= {limit}", "affine", system, label, why, theory, far)


def slack(most: str, label: Label, why: str, far: Fraction) -> Question:
    """Errors come in and a tenth is mended, if there is as much: e' = max(0, e + x - 1/10)."""
    system = System(
        ranges(["e"], 0, 1),
        (Range("x", ZERO, F(most)),),
        (F(1, 4),),
        lambda s, x: (maximum(0, s[0] + x[0] - F(1, 10)),),
        HALF,
    )

    theory = either(label, system, lambda: keeps_box(system, [(ZERO, F(1, 4))]))

    return question(f"slack, errors <= {most}", "piecewise", system, label, why, theory, far)


def gate() -> Question:
    """While e <= 1/10 oversight works; beyond, the student is arbitrary."""
    tenth = F(1, 10)
    system = System(
        ranges(["e"], 0, 1),
        (Range("x", ZERO, F(1, 20)), Range("anything", ZERO, ONE)),
        (ZERO,),
        lambda s, x: (when(s[0] <= tenth, s[0] / 2 + x[0], x[1]),),
        HALF,
    )
    return question(
        "gate at its endpoint",
        "piecewise",
        system,
        "safe",
        "e <= 1/10 is kept: 1/20 + 1/20 = 1/10",
        lambda: keeps_box(system, [(ZERO, tenth)]),
        ZERO,
    )


def chaos(limit: str, label: Label, why: str) -> Question:
    """The logistic map at 3.9: it neither rises throughout nor settles."""
    system = System(
        ranges(["e"], 0, 1),
        (),
        (F(1, 3),),
        lambda s, x: (F(39, 10) * s[0] * (1 - s[0]),),
        F(limit),
    )

    theory = either(label, system, lambda: keeps_interval(system, ZERO, F(39, 40), 2, cuts=[HALF]))

    return question(f"chaos, error <= {limit}", "polynomial", system, label, why, theory)


def resampling(most: str, label: Label, why: str, far: Fraction) -> Question:
    """Half of the malign answers are rejected and drawn again: m' = m / (2 - m) + x."""
    system = System(
        ranges(["m"], 0, 1),
        (Range("x", ZERO, F(most)),),
        (ZERO,),
        lambda s, x: (minimum(1, s[0] / (2 - s[0]) + x[0]),),
        F(3, 5),
    )

    theory = either(label, system, lambda: keeps_box(system, [(ZERO, F(29, 50))]))

    return question(f"resampling, x <= {most}", "rational", system, label, why, theory, far)


# --- a few numbers -----------------------------------------------------------------------------


def learner(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """It errs more while it learns, and then settles. No box from the seed on is kept."""

    def step(s: State, x: State) -> State:
        capability, error = s
        settled = error / 2 + F(1, 8)
        return (
            minimum(1, capability + F(1, 4)),
            when(capability < 1, error + F(1, 16), settled),
        )

    system = System(
        ranges(["capability", "error"], 0, 1), (), (ZERO, ZERO), step, F(limit), lambda s: s[1:]
    )

    theory = either(label, system, lambda: returns(system))

    return question(f"learner, error <= {limit}", "piecewise", system, label, why, theory, far)


def returns(system: System) -> None:
    """Check that the only run comes back to a state it was in, and is safe until then."""
    seen: set[tuple[Fraction, ...]] = set()
    state = tuple(system.seed)
    require(not system.choices)
    while state not in seen:
        require(system.safe(state) and len(seen) < 1000)
        seen.add(state)
        state = tuple(F(value) for value in system.step(state, ()))


def splitting(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """One budget of a quarter is split between two fields: no choice is the greatest."""
    quarter = F(1, 4)

    def step(s: State, x: State) -> State:
        return (s[0] / 2 + x[0], s[1] / 2 + minimum(x[1], quarter - x[0]))

    system = System(
        ranges(["a", "b"], 0, 1),
        (Range("x", ZERO, quarter), Range("y", ZERO, quarter)),
        (ZERO, ZERO),
        step,
        F(limit),
        lambda s: (s[0] + s[1],),
    )

    def reason() -> None:  # a' + b' <= (a + b)/2 + x + (1/4 - x), and b' >= 0 as x <= 1/4
        require(HALF / 2 + quarter <= HALF <= system.limit)

    theory = either(label, system, reason)
    return question(f"splitting, a + b <= {limit}", "affine", system, label, why, theory, far)


def rotation(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """A turn by the angle of the triangle 3, 4, 5, which is no rational part of a full turn."""

    def step(s: State, x: State) -> State:
        return (F(3, 5) * s[0] - F(4, 5) * s[1], F(4, 5) * s[0] + F(3, 5) * s[1])

    system = System(ranges(["e", "f"], -2, 2), (), (ZERO, ONE), step, F(limit))

    def reason() -> None:
        for s in ((ONE, ZERO), (ZERO, ONE), (ONE, ONE)):  # these three fix a quadratic form
            require(sum(v**2 for v in step(s, ())) == sum(v**2 for v in s))
        require(sum(v**2 for v in system.seed) <= system.limit**2)

    theory = either(label, system, reason)

    return question(f"rotation, e <= {limit}", "rotation", system, label, why, theory, far)


# --- many agents -------------------------------------------------------------------------------


def ladder(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """64 agents, each halfway to the one before; the first is halfway to nature's choice."""
    count = 64

    def step(s: State, x: State) -> State:
        return ((s[0] + x[0]) / 2, *((s[i] + s[i - 1]) / 2 for i in range(1, count)))

    system = System(
        ranges([f"e{i}" for i in range(count)], 0, 1),
        ranges(["x"], 0, "1/2"),
        (ZERO,) * count,
        step,
        F(limit),
        lambda s: s,
    )

    theory = either(label, system, lambda: keeps_box(system, [(ZERO, HALF)] * count))

    name = f"ladder of 64, errors <= {limit}"
    return question(name, "ladder", system, label, why, theory, far, agents=count)


def circle(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """64 agents on a circle, each nine tenths of its neighbours' mean plus its own new error."""
    count = 64

    def step(s: State, x: State) -> State:
        return tuple(F(9, 20) * (s[i - 1] + s[(i + 1) % count]) + x[i] / 20 for i in range(count))

    system = System(
        ranges([f"e{i}" for i in range(count)], 0, 1),
        ranges([f"x{i}" for i in range(count)], 0, 1),
        (ZERO,) * count,
        step,
        F(limit),
        lambda s: s,
    )

    theory = either(label, system, lambda: keeps_box(system, [(ZERO, HALF)] * count))

    name = f"circle of 64, errors <= {limit}"
    return question(name, "ring", system, label, why, theory, far, agents=count)


def tree(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """15 agents in a tree: an inner one errs when both below it do, or by itself; the leaves are
    trained by the root."""

    def step(s: State, x: State) -> State:
        inner = [s[2 * i + 1] * s[2 * i + 2] + F(1, 8) for i in range(7)]
        return (*inner, *(s[0] / 2 + x[0] for _ in range(8)))

    system = System(
        ranges([f"e{i}" for i in range(15)], 0, 1),
        (Range("x", ZERO, F(1, 4)),),
        (ZERO,) * 15,
        step,
        F(limit),
    )

    def reason() -> None:
        tops = [F(67, 200)]
        for _ in range(3):
            tops.append(tops[-1] ** 2 + F(1, 8))
        box = [(ZERO, tops[3 - depth]) for depth in range(4) for _ in range(2**depth)]
        keeps_box(system, box)

    theory = either(label, system, reason)

    name = f"tree of 15, root's error <= {limit}"
    return question(name, "tree", system, label, why, theory, far, agents=15)


# --- Markov chains -----------------------------------------------------------------------------


def deployment(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """Each round it fails with probability x in [1/20, 1/10] and is retired with 1/10."""
    tenth = F(1, 10)

    def step(s: State, x: State) -> State:
        return (s[0] * (1 - tenth - x[0]), s[1] + s[0] * x[0])

    system = System(
        ranges(["works", "failed"], 0, 1),
        (Range("x", tenth / 2, tenth),),
        (ONE, ZERO),
        step,
        F(limit),
        lambda s: s[1:],
    )

    def reason() -> None:
        for x in (tenth / 2, tenth):  # failed + works / 2 never rises
            require(HALF * (x + tenth) >= x)
        require(system.limit >= HALF)

    theory = either(label, system, reason)

    chain = markov([tenth], [tenth], F(limit))
    name = f"deployment, failed <= {limit}"
    return question(name, "chain", system, label, why, theory, far, chain)


def repair(limit: str, label: Label, why: str, far: Fraction) -> Question:
    """Works, or is damaged and then either repaired or fails: the chain has a cycle."""
    tenth, mend, into_failed, into_damaged = F(1, 10), F(2, 5), F(1, 3), F(1, 6)

    def step(s: State, x: State) -> State:
        works, damaged, failed = s
        return (
            works * (1 - tenth - x[0]) + mend * damaged,
            damaged * (1 - mend - x[1]) + works * x[0],
            failed + damaged * x[1],
        )

    system = System(
        ranges(["works", "damaged", "failed"], 0, 1),
        ranges(["x", "y"], "1/20", "1/10"),
        (ONE, ZERO, ZERO),
        step,
        F(limit),
        lambda s: s[2:],
    )

    def reason() -> None:
        for x in (tenth / 2, tenth):  # failed + damaged / 3 + works / 6 never rises
            require(into_damaged * (x + tenth) >= x * into_failed)
            require(into_failed * (x + mend) >= x + mend * into_damaged)
        require(into_damaged <= system.limit)

    theory = either(label, system, reason)

    prism = (
        "dtmc\nconst double x;\nconst double y;\nmodule repair\n  s : [0..3] init 0;\n"
        "  [] s=0 -> x:(s'=1) + 1/10:(s'=3) + 9/10-x:(s'=0);\n"
        "  [] s=1 -> y:(s'=2) + 2/5:(s'=0) + 3/5-y:(s'=1);\n"
        '  [] s>=2 -> true;\nendmodule\nlabel "failed" = s=2;\n'
    )
    chain = Chain(prism, "1/20<=x<=1/10,1/20<=y<=1/10", F(limit))
    name = f"repair, failed <= {limit}"
    return question(name, "chain", system, label, why, theory, far, chain)


# --- a shipped scheme --------------------------------------------------------------------------


CHECKING = {"checked": F(19, 20), "correction": F(4, 5)}
"""Where imitation keeps malign <= 1/10: its overseer checks and corrects."""


def imitation_stays() -> None:
    """Check by hand that imitation keeps malign <= 1/10 with checks and corrections.

    The set: error <= E, malign <= M, resistance <= Q, cost = 1, capability and regret anything in
    their domains. All effects below increase in each of these bounds, so the worst agent of the set
    is the one at the bounds. The numbers are evaluated in exact fractions.
    """
    p = settle(Imitation, CHECKING)
    error, malign, resistance = F(1, 10), F(9, 100), F(1, 30)
    b, horizon, alone = p["fan_out"], p["horizon"], p["alone_error"]
    require(p["copies"] == 1)
    require(p["density"] == 1)
    require(p["checked"] == p["detection"])
    # Amplify. A part is malign and unnoticed, resisting or not; wrong besides, or redone wrongly.
    evading = min(malign, resistance)
    past = (1 - p["detection"]) * malign + p["detection"] * evading
    left = (1 - p["checked"] * (1 - alone)) * error + (1 - alone) * p["checked"] * evading
    expert_error = p["slip"] + b * (left + p["false_alarm"] * alone)
    expert_malign = b * past
    expert_resistance = b * resistance * (1 - p["correction"])
    expert_cost = 1 + b
    # Distill. Departures, T times the error of a step, may be of either kind.
    departure = horizon * (p["imitation_error"] + p["label_noise"] * expert_cost)
    require(expert_error + departure <= error)
    require(expert_malign + departure <= malign)
    require(expert_resistance + p["resistance_drift"] <= resistance)
    # Oversight: the expert ranks the gain above the agent, the student is kept back by the margin.
    require(p["gain"] >= p["kept_back"] >= p["margin"])
    require(expert_error <= p["tolerance"])
    require(p["slip"] <= error)  # the seed's error; its other bounds are 0
    require(malign <= F(1, 10))


def shipped(name: str, claim: Claim, why: str, theory: Callable[[], Any]) -> Question:
    return Question(name, "scheme", claim, "safe", why, theory)


# -----------------------------------------------------------------------------------------------

QUESTIONS: tuple[Question, ...] = (
    majority(
        "4/25", "safe", "F(2/5) = 44/125 + (37/125) noise <= 2/5 iff noise <= 6/37; F increases"
    ),
    majority("6/37", "safe", "the endpoint: F(2/5) = 2/5 exactly", far=ZERO),
    majority("6/37+1e-9", "unsafe", "F(e) > e on all of [0, 2/5]", far=TINY * 37 / 6),
    majority("163/1000", "unsafe", "F(e) > e on all of [0, 2/5], noise > 6/37", far=F(31, 6000)),
    majority("9/50", "unsafe", "noise > 1/6: the only fixed point is 1/2", far=F(11, 100)),
    majority("3/10", "safe", "F(1/2) = 1/2, approached and never reached", "1/2", far=ZERO),
    confirmed("0", "safe", "the endpoint: e^2 + 1/4 - e = (e - 1/2)^2", ZERO),
    confirmed("-1e-9", "safe", "[0, 1/2] is mapped into itself", 4 * TINY),
    confirmed("1e-4", "unsafe", "e^2 + noise - e >= 1e-4: every step climbs", F(4, 10**4)),
    confirmed("1e-9", "unsafe", "e^2 + noise - e >= 1e-9: every step climbs", 4 * TINY),
    halving("1/2", "safe", "1/2 times 1/2 plus 1/4 is 1/2", ZERO),
    halving("499/1000", "unsafe", "e_n = (1 - 2^-n)/2 with x = 1/4", F(1, 500)),
    slack("1/10", "safe", "what comes in never exceeds what is mended", ZERO),
    slack("1001/10000", "unsafe", "it grows by 1/10000 at each iteration", F(1, 1000)),
    gate(),
    chaos("39/40", "safe", "e (1 - e) <= 1/4"),
    chaos("97/100", "unsafe", "the run from 1/3 comes near 1/2"),
    resampling("17/100", "safe", "0.58 / 1.42 + 0.17 <= 0.58; the map increases", F(1, 100)),
    resampling("173/1000", "unsafe", "beyond 3 - 2 sqrt 2 there is no fixed point", F(1, 120)),
    learner("5/16", "safe", "the run settles at error 1/4 after four iterations", F(1, 4)),
    learner("63/256", "unsafe", "the run is at error 1/4 after four iterations", F(1, 64)),
    splitting("1/2", "safe", "a' + b' <= (a + b)/2 + 1/4", ZERO),
    splitting("499/1000", "unsafe", "(1 - 2^-n)/2 is reached", F(1, 500)),
    rotation("1", "safe", "e^2 + f^2 = 1 is kept", ZERO),
    rotation("999/1000", "unsafe", "the run is dense on the circle", F(1, 1000)),
    ladder("1/2", "safe", "nobody passes the greatest before it", ZERO),
    ladder("4995/10000", "unsafe", "all approach 1/2", F(1, 1000)),
    circle("1/2", "safe", "9/10 of 1/2 plus 1/20 is 1/2", ZERO),
    circle("499/1000", "unsafe", "with x_i = 1 all approach 1/2", F(1, 500)),
    tree("4/25", "safe", "leaves <= 67/200 and what follows upwards is kept", F(1, 56)),
    tree("157/1000", "unsafe", "the run with x = 1/4 passes it", F(1, 1000)),
    deployment("1/2", "safe", "failed + works / 2 never rises", ZERO),
    deployment("499/1000", "unsafe", "failed approaches 1/2 with x = 1/10", F(1, 500)),
    repair("1/6", "safe", "failed + damaged / 3 + works / 6 never rises", ZERO),
    repair("166666/1000000", "unsafe", "failed approaches 1/6", F(4, 10**6)),
    # Six fields, two steps, eleven choices of nature, conditionals. By hand, see imitation_stays:
    # malign' <= 0.264 malign + 0.01521 while resistance <= 1/25, and the expert stays smart enough
    # because error <= 3/100.
    shipped(
        "imitation keeps Benign",
        Claim("imitation keeps Benign", imitation, Benign(), at=CHECKING),
        "a set found by hand is kept: error <= 3/100, malign <= 21/1000, resistance <= 1/25, "
        "regret <= 46/1000",
        imitation_stays,
    ),
)
