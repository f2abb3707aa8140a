"""Questions from the literature: Markov chains, finite loops, many agents, nonlinear maps.

Each model is written anew from the formulas of its source, and put where its answer is known: at
the last safe value, and on either side of it. The chains are tables, from which the loop, Storm's
model and the reason of the label are made.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import attrs

from benchmarks.question import (
    Chain,
    Label,
    Question,
    Range,
    State,
    System,
    minimum,
    question,
    ranges,
    when,
)
from benchmarks.theory import (
    climbs,
    first_break,
    keeps_box,
    keeps_interval,
    reaches,
    require,
    rises,
    solved,
)

F = Fraction
ZERO, HALF, ONE = F(0), F(1, 2), F(1)


def name_of(model: str, distance: Fraction, label: Label) -> str:
    """The name of a question at a distance from its threshold."""
    where = "within" if label == "safe" else "beyond"
    return f"{model}: {float(distance):.0e} {where}" if distance else f"{model}: at its end"


def on_both_sides(
    ask: Callable[[Fraction, Label], Question], distances: Sequence[str] = ("0", "1e-3", "1e-6")
) -> list[Question]:
    """A question at each distance, safe up to the last but one and unsafe but for the first."""
    found = [ask(F(d), "safe") for d in distances[:-1]]
    return found + [ask(F(d), "unsafe") for d in distances[1:]]


# --- Markov chains -----------------------------------------------------------------------------

Move = tuple[Fraction, int, int]
"""Constant part of a probability, how often the state's own choice is added, and whereto."""


@attrs.frozen
class Walk:
    """A Markov chain of which one probability in each row is nature's choice.

    Args:
        name: of the model.
        source: where it is from.
        rows: the moves of each state that is not absorbing, from state 0, the first, on.
        most: of each of these states, the ends of its choice; None where it has none.
        failed: the state that must seldom be reached. All others without a row are absorbing too.
    """

    name: str
    source: str
    rows: tuple[tuple[Move, ...], ...]
    most: tuple[tuple[Fraction, Fraction] | None, ...]
    failed: int

    def worst(self) -> tuple[list[Fraction], list[Fraction]]:
        """From each state the greatest probability of ever failing, and the choice that gives it.

        Each choice is moved to the end that is worse until nothing is gained (policy iteration).
        """
        chosen = [ZERO if ends is None else ends[0] for ends in self.most]
        while True:
            count = len(self.rows)
            matrix = [[ONE if i == j else ZERO for j in range(count)] for i in range(count)]
            column = [ZERO] * count
            for i, moves in enumerate(self.rows):
                for constant, times, into in moves:
                    share = constant + times * chosen[i]
                    if into < count:
                        matrix[i][into] -= share
                    elif into == self.failed:
                        column[i] += share
            hit = solved(matrix, column)
            better = [self._better(i, hit, chosen[i]) for i in range(count)]
            if better == chosen:
                return hit, chosen
            chosen = better

    def _better(self, state: int, hit: Sequence[Fraction], chosen: Fraction) -> Fraction:
        ends = self.most[state]
        if ends is None:
            return chosen
        slope = sum((times * self.hit(into, hit) for _, times, into in self.rows[state]), ZERO)
        return chosen if not slope else ends[1] if slope > 0 else ends[0]

    def hit(self, state: int, hit: Sequence[Fraction]) -> Fraction:
        """The probability of failing from a state."""
        return hit[state] if state < len(hit) else F(int(state == self.failed))

    def system(self, limit: Fraction) -> System:
        """The distribution over the states as a loop; nature chooses anew in each iteration."""
        states = [*range(len(self.rows)), self.failed]
        free = [i for i, ends in enumerate(self.most) if ends is not None]

        def step(s: State, x: State) -> State:
            after: list[Any] = [ZERO] * len(self.rows) + [s[-1]]
            for i, moves in enumerate(self.rows):
                for constant, times, into in moves:
                    if into in states:
                        share = constant + times * x[free.index(i)] if times else constant
                        after[states.index(into)] = after[states.index(into)] + share * s[i]
            return tuple(after)

        return System(
            ranges([*(f"s{i}" for i in range(len(self.rows))), "failed"], 0, 1),
            tuple(Range(f"x{i}", *ends) for i, ends in enumerate(self.most) if ends is not None),
            (ONE, *(ZERO,) * len(self.rows)),
            step,
            limit,
            watched=lambda state: state[-1:],
        )

    def posed(self, limit: Fraction) -> Chain:
        """The chain in Storm's input language."""
        lines = []
        for i, moves in enumerate(self.rows):
            choice = {-1: f"-x{i}", 0: "", 1: f"+x{i}"}
            parts = (f"{c}{choice[times]}:(s'={into})" for c, times, into in moves)
            lines.append(f"  [] s={i} -> " + " + ".join(parts) + ";")
        last = max(into for moves in self.rows for _, _, into in moves)
        free = [(i, ends) for i, ends in enumerate(self.most) if ends is not None]
        prism = (
            "dtmc\n" + "".join(f"const double x{i};\n" for i, _ in free) + "module chain\n"
            f"  s : [0..{last}] init 0;\n" + "\n".join(lines) + f"\n  [] s>={len(self.rows)} -> "
            f'true;\nendmodule\nlabel "failed" = s={self.failed};\n'
        )
        return Chain(prism, ",".join(f"{a}<=x{i}<={b}" for i, (a, b) in free), limit)

    def ask(self, distance: Fraction, label: Label) -> Question:
        """The question at a distance from the greatest probability of failing."""
        hit, chosen = self.worst()
        limit = hit[0] * (1 + distance if label == "safe" else 1 - distance)
        system = self.system(limit)
        free = [c for c, ends in zip(chosen, self.most, strict=True) if ends is not None]

        def theory() -> int | None:
            for moves in self.rows:  # a row is a distribution, whatever is chosen
                require(sum(c for c, _, _ in moves) == 1 and not sum(n for _, n, _ in moves))
            if label == "unsafe":
                return first_break(system, lambda iteration: free)
            # failed + sum of hit_i s_i is never raised: affine in each choice, so at both ends
            for i, ends in enumerate(self.most):
                for x in ends or (ZERO,):
                    gone = sum(((c + n * x) * self.hit(k, hit) for c, n, k in self.rows[i]), ZERO)
                    require(gone <= hit[i] and all(c + n * x >= 0 for c, n, _ in self.rows[i]))
            require(hit[0] <= limit)
            return None

        why = f"{self.source}: the probability of failing is at most {hit[0]}, and approaches it"
        name = name_of(self.name, distance, label)
        return question(name, "walk", system, label, why, theory, distance, self.posed(limit))


def ruin(goal: int, first: int, most: Fraction) -> Walk:
    """A gambler with ``first`` coins stops at 0 or ``goal``; a bet is won with at most so much."""
    order = [first, *(k for k in range(1, goal) if k != first)]  # the first is state 0
    place = {k: order.index(k) for k in order} | {goal: goal - 1, 0: goal}
    rows = tuple(((ZERO, 1, place[k + 1]), (ONE, -1, place[k - 1])) for k in order)
    return Walk(
        f"gambler with {first} of {goal}",
        "Feller, An introduction to probability theory, volume 1, chapter 14",
        rows,
        ((most / 2, most),) * len(rows),
        goal - 1,
    )


def zeroconf(probes: int, taken: Fraction, lost: Fraction) -> Walk:
    """A host picks an address, taken with some probability; each of its probes may get lost."""
    rows: list[tuple[Move, ...]] = [((taken, 0, 1), (1 - taken, 0, probes + 2))]
    rows += [((ZERO, 1, i + 1), (ONE, -1, 0)) for i in range(1, probes + 1)]
    return Walk(
        f"address of {probes} probes",
        "Bohnenkamp, van der Stok, Hermanns and Vaandrager, Cost-optimization of the IPv4 zeroconf "
        "protocol (2003)",
        tuple(rows),
        (None, *(((lost / 2, lost),) * probes)),
        probes + 1,
    )


def retransmission(frames: int, tries: int, lost: Fraction) -> Walk:
    """A file in frames, each sent at most so many times over a lossy channel."""
    rows: list[tuple[Move, ...]] = []
    count = frames * tries
    for frame, attempt in itertools.product(range(frames), range(tries)):
        after = (frame + 1) * tries if frame + 1 < frames else count + 1
        again = frame * tries + attempt + 1 if attempt + 1 < tries else count
        rows.append(((ZERO, 1, again), (ONE, -1, after)))
    return Walk(
        f"file of {frames} frames",
        "D'Argenio, Jeannet, Jensen and Larsen, Reachability analysis of probabilistic systems by "
        "successive refinements (2001)",
        tuple(rows),
        ((lost / 2, lost),) * count,
        count,
    )


def duel(first: Fraction, second: Fraction) -> Walk:
    """Two cowboys shoot in turn; the first hits with at most, the second with at least, so much."""
    return Walk(
        "duelling cowboys",
        "McIver and Morgan, Abstraction, refinement and proof for probabilistic systems (2005)",
        (((ZERO, 1, 2), (ONE, -1, 1)), ((ZERO, 1, 3), (ONE, -1, 0))),
        ((first / 2, first), (second, (1 + second) / 2)),
        2,
    )


CHAINS = (
    ruin(4, 1, F(2, 5)),
    ruin(8, 3, F(9, 20)),
    zeroconf(3, F(1, 4), F(1, 5)),
    retransmission(2, 2, F(1, 10)),
    duel(F(1, 3), HALF),
)


# --- finite loops ------------------------------------------------------------------------------


def finite(
    name: str,
    system: System,
    label: Label,
    why: str,
    actions: Sequence[Sequence[Fraction]] = ((),),
) -> Question:
    """A loop of finitely many states; ``actions`` are choices that stand for all of them."""

    def theory() -> int | None:
        first = reaches(system, actions)
        require((first is None) == (label == "safe"))
        return first

    return question(name, "finite", system, label, why, theory)


def wheels(first: int, second: int, limit: int, label: Label) -> Question:
    """Two counters that turn over at different numbers are both at their tops once in a while."""
    tops = (first, second)

    def step(s: State, x: State) -> State:
        return tuple(when(v < top - 1, v + 1, ZERO) for v, top in zip(s, tops, strict=True))

    system = System(
        (Range("a", ZERO, F(first)), Range("b", ZERO, F(second))),
        (),
        (ZERO, ZERO),
        step,
        F(limit),
        lambda s: (s[0] + s[1],),
    )
    why = f"the Chinese remainder theorem: the sum reaches {first + second - 2} and no more"
    return finite(f"wheels of {first} and {second}, sum <= {limit}", system, label, why)


def jugs(small: int, big: int, wanted: int, label: Label) -> Question:
    """Fill, empty or pour two jugs; the bigger never holds just so much."""

    def step(s: State, x: State) -> State:
        a, b = s
        room, left = big - b, small - a
        act = [x[0] < F(i, 6) for i in range(1, 6)]
        poured, back = minimum(a, room), minimum(b, left)
        after_a = [small + 0 * a, a, 0 * a, a, a - poured, a + back]
        after_b = [b, big + 0 * b, b, 0 * b, b + poured, b - back]

        def chosen(values: Sequence[Any]) -> Any:
            found = values[-1]
            for condition, value in reversed(list(zip(act, values[:-1], strict=True))):
                found = when(condition, value, found)
            return found

        return (chosen(after_a), chosen(after_b))

    system = System(
        (Range("a", ZERO, F(small)), Range("b", ZERO, F(big))),
        ranges(["act"], 0, 1),
        (ZERO, ZERO),
        step,
        9 + HALF,
        lambda s: (10 + minimum(s[1] - wanted, wanted - s[1]),),
    )
    why = "Die Hard 3; what a jug can hold is a multiple of the greatest common divisor"
    name = f"jugs of {small} and {big}, never {wanted}"
    return finite(name, system, label, why, [(F(2 * i + 1, 12),) for i in range(6)])


def peterson(label: Label) -> Question:
    """Two processes and a critical section; without looking at whose turn it is both get in.

    A process is at 0, wants at 1 (its flag is up), has given way at 2, and is inside at 3. Without
    turns it looks whether the other is inside, and then goes in.
    """

    def patient(own: Any, other: Any, mine: Any) -> Any:
        enter = when(other < 1, F(3), when(mine, F(3), F(2)))
        return when(own < 1, ONE, when(own < 2, F(2), when(own < 3, enter, ZERO)))

    def hasty(own: Any, other: Any, mine: Any) -> Any:
        return when(own < 1, when(other < 3, F(2), ZERO), when(own < 3, F(3), ZERO))

    moved = patient if label == "safe" else hasty

    def step(s: State, x: State) -> State:
        first, second, turn = s
        one = x[0] < HALF
        gives = [when(pc < 1, ZERO, when(pc < 2, ONE, ZERO)) for pc in (first, second)]
        turned = when(one, when(gives[0] > HALF, ONE, turn), when(gives[1] > HALF, ZERO, turn))
        return (
            when(one, moved(first, second, turn < HALF), first),
            when(one, second, moved(second, first, turn > HALF)),
            turned,
        )

    system = System(
        (Range("first", ZERO, F(3)), Range("second", ZERO, F(3)), Range("turn", ZERO, ONE)),
        ranges(["who"], 0, 1),
        (ZERO, ZERO, ZERO),
        step,
        F(5),
        lambda s: (s[0] + s[1],),
    )
    names = {"safe": "mutual exclusion by turns", "unsafe": "mutual exclusion, no turns"}
    why = "Peterson, Myths about the mutual exclusion problem (1981)"
    return finite(names[label], system, label, why, [(F(1, 4),), (F(3, 4),)])


def tokens(watched: str, limit: int, label: Label) -> Question:
    """Four machines in a ring, each with a number below 4; nature says who looks.

    The first is privileged if its number is the last one's, and then counts on; another is if its
    number is not its left neighbour's, and then copies it. From equal numbers one is privileged.
    """
    machines = 4

    def step(s: State, x: State) -> State:
        turn = [x[0] < F(i + 1, machines) for i in range(machines)]
        first = when(s[0] < machines - 1, s[0] + 1, ZERO)
        after = [when(s[0] == s[-1], first, s[0]), *s[:-1]]
        found = []
        for i in range(machines):
            moved = when(turn[i], after[i], s[i])
            found.append(moved if i == 0 else when(turn[i - 1], s[i], moved))
        return tuple(found)

    def privileges(s: State) -> State:
        total = when(s[0] == s[-1], ONE, ZERO)
        for a, b in itertools.pairwise(s):
            total = total + when(a == b, ZERO, ONE)
        return (total,)

    system = System(
        ranges([f"m{i}" for i in range(machines)], 0, machines),
        ranges(["who"], 0, 1),
        (ZERO,) * machines,
        step,
        F(limit),
        privileges if watched == "privileges" else lambda s: s[:1],
    )
    why = "Dijkstra, Self-stabilizing systems in spite of distributed control (1974)"
    actions = [(F(2 * i + 1, 2 * machines),) for i in range(machines)]
    name = f"ring of {machines} machines, {watched} <= {limit}"
    return finite(name, system, label, why, actions)


def pump(limit: int, label: Label) -> Question:
    """A tank fills by 1 while its pump is on, and loses 2 while it is off; the signal to switch at
    10 and at 5 takes two rounds."""

    def step(s: State, x: State) -> State:
        level, on, since = s
        running = on > HALF
        signal = when(running, level >= 10, level <= 5)
        waited = when(signal, since + 1, ZERO)
        turns = waited >= 2
        return (
            when(running, level + 1, level - 2),
            when(turns, 1 - on, on),
            when(turns, ZERO, waited),
        )

    system = System(
        (Range("level", ZERO, F(20)), Range("on", ZERO, ONE), Range("since", ZERO, F(2))),
        (),
        (ONE, ONE, ZERO),
        step,
        F(limit),
    )
    why = "Halbwachs, Proy and Roumanoff, Verification of real-time systems (1997), in whole rounds"
    return finite(f"water tank, level <= {limit}", system, label, why)


# --- many agents -------------------------------------------------------------------------------


def opinions(count: int, distance: Fraction, label: Label) -> Question:
    """Everyone takes three quarters of the mean of all, and a fifth of news of their own in [0, 1].

    DeGroot, Reaching a consensus (1974), with news: the supremum is 4/5.
    """
    top = F(4, 5)

    def step(s: State, x: State) -> State:
        mean = sum(s[1:], s[0]) * F(3, 4 * count)
        return tuple(mean + x[i] / 5 for i in range(count))

    system = System(
        ranges([f"o{i}" for i in range(count)], 0, 1),
        ranges([f"x{i}" for i in range(count)], 0, 1),
        (ZERO,) * count,
        step,
        top * (1 + distance if label == "safe" else 1 - distance),
        lambda s: s,
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        keeps_box(system, [(ZERO, top)] * count)
        return None

    name = name_of(f"opinions of {count}", distance, label)
    why = "DeGroot, Reaching a consensus (1974), with news: three quarters of 4/5 and 1/5 is 4/5"
    return question(name, "agents", system, label, why, theory, distance, agents=count)


def contagion(count: int, distance: Fraction, label: Label) -> Question:
    """People in a circle: infected by either neighbour at 3/10, recovering at 3/10.

    Van Mieghem, Omic and Kooij, Virus spread in networks (2009). From equal shares all stay equal,
    and they rise to 1/2, where the chances of infection and of recovery are the same.
    """
    rate, mend = F(3, 10), F(3, 10)
    top = 1 - mend / (2 * rate)

    def step(s: State, x: State) -> State:
        near = [s[i - 1] + s[(i + 1) % count] for i in range(count)]
        return tuple(s[i] * (1 - mend) + rate * (1 - s[i]) * near[i] for i in range(count))

    system = System(
        ranges([f"p{i}" for i in range(count)], 0, 1),
        (),
        (F(1, 100),) * count,
        step,
        top * (1 + distance if label == "safe" else 1 - distance),
        lambda s: s,
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        require(1 - mend - 2 * rate * top >= 0)  # so it rises in one's own share too
        corner = tuple(system.step((top,) * count, ()))
        require(all(v <= top for v in corner) and top <= system.limit)
        return None

    name = name_of(f"contagion of {count}", distance, label)
    why = "Van Mieghem, Omic and Kooij, Virus spread in networks (2009): it rises to 1/2"
    return question(name, "agents", system, label, why, theory, distance, agents=count)


# --- nonlinear loops ---------------------------------------------------------------------------


def well(distance: Fraction, label: Label) -> Question:
    """x' = x/4 + x^3 + u: a cubic well that pushes of at most 1/4 cannot leave."""
    most = F(1, 4) * (1 + distance if label == "unsafe" else 1 - distance)
    system = System(
        ranges(["x"], -2, 2),
        (Range("u", -most, most),),
        (ZERO,),
        lambda s, x: (s[0] / 4 + s[0] ** 3 + x[0],),
        F(3, 4),
    )

    def theory() -> int | None:
        if label == "safe":
            keeps_interval(system, -HALF, HALF, 3)
            return None
        climbs(system, 3)
        rises(system, ZERO, F(3, 4), 3)
        return first_break(system, rising=True)

    why = "3/4 x - x^3 is at most 1/4, at x = 1/2 (a cubic saddle node)"
    return question(name_of("cubic well", distance, label), "nonlinear", system, label, why, theory)


def stock(distance: Fraction, label: Label) -> Question:
    """x' = 4 x / (1 + x) - h keeps x >= 1 from 3 as long as h <= 1."""
    taken = ONE * (1 + distance if label == "unsafe" else 1 - distance)
    system = System(
        ranges(["x"], 0, 4),
        (),
        (F(3),),
        lambda s, x: (4 * s[0] / (1 + s[0]) - taken,),
        F(3),
        lambda s: (4 - s[0],),
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system, rising=True)
        low, high = (system.step((v,), ())[0] for v in (ONE, F(3)))
        require(ONE <= low <= high <= 3)  # 4 x / (1 + x) rises
        return None

    why = "Beverton and Holt (1957) with a harvest: x^2 + (h - 3) x + h has a root iff h <= 1"
    name = name_of("Beverton and Holt", distance, label)
    return question(name, "nonlinear", system, label, why, theory, distance)


def root(least: str, label: Label) -> Question:
    """Heron's x' = (x + 2/x) / 2 from 2 falls to the root of 2 and not below."""
    system = System(
        ranges(["x"], 1, 2),
        (),
        (F(2),),
        lambda s, x: ((s[0] + 2 / s[0]) / 2,),
        2 - F(least),
        lambda s: (2 - s[0],),
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        require(F(least) ** 2 <= 2)  # x^2 - 2 c x + 2 has no root beyond one at c
        return None

    return question(
        f"Heron's root, x >= {least}",
        "nonlinear",
        system,
        label,
        "Heron: x' - sqrt 2 = (x - sqrt 2)^2 / (2 x)",
        theory,
    )


def squares(seed: str, label: Label) -> Question:
    """x' = (x^2 + y) / 2, y' = (x + y^2) / 2: (1, 1) is fixed, and whatever is beyond runs away."""
    start = F(seed)
    system = System(
        ranges(["x", "y"], -4, 4),
        (),
        (start, start),
        lambda s, x: ((s[0] ** 2 + s[1]) / 2, (s[0] + s[1] ** 2) / 2),
        F(2),
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        keeps_box(system, [(-ONE, ONE)] * 2)
        return None

    why = "Dai, Gan, Xia and Zhan, Barrier certificates revisited (2017), example 1"
    name = f"half squares from {seed}"
    return question(name, "nonlinear", system, label, why, theory, agents=2)


def competitors(limit: str, label: Label) -> Question:
    """x' = 2 x / (1 + x + y/2) and the same of y: from a tenth each both rise to 2/3."""
    system = System(
        ranges(["x", "y"], 0, 2),
        (),
        (F(1, 10), F(1, 10)),
        lambda s, x: (2 * s[0] / (1 + s[0] + s[1] / 2), 2 * s[1] / (1 + s[1] + s[0] / 2)),
        F(limit),
        lambda s: s,
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        # 2 x / (1 + x) rises, and is at most 1 up to x = 1; the other one only slows it
        require(system.step((ONE, ZERO), ())[0] <= ONE <= system.limit)
        return None

    why = "Leslie and Gower, The properties of a stochastic model for two competing species (1958)"
    name = f"two competitors, both <= {limit}"
    return question(name, "nonlinear", system, label, why, theory, agents=2)


def shrinking_turn(limit: str, label: Label) -> Question:
    """Nine tenths of a turn by the angle of 3, 4, 5, and a push of at most 1/20 on either axis."""
    shrink, push = F(9, 10), F(1, 20)

    def turned(s: State) -> State:
        return (F(3, 5) * s[0] - F(4, 5) * s[1], F(4, 5) * s[0] + F(3, 5) * s[1])

    system = System(
        ranges(["x", "y"], -4, 4),
        (Range("u", -push, push), Range("v", -push, push)),
        (ZERO, ZERO),
        lambda s, x: tuple(shrink * v + u for v, u in zip(turned(s), x, strict=True)),
        F(limit),
    )
    horizon = 100
    row, rows = (ONE, ZERO), []  # what each push adds to x after so many more iterations
    for _ in range(horizon):
        rows.append(row)
        row = (
            shrink * (F(3, 5) * row[0] + F(4, 5) * row[1]),
            shrink * (F(3, 5) * row[1] - F(4, 5) * row[0]),
        )

    def theory() -> int | None:
        if label == "unsafe":
            ends = [tuple(push if v > 0 else -push for v in row) for row in reversed(rows)]
            return first_break(system, lambda n: ends[n - 1], most=horizon)
        most = push * sum((abs(a) + abs(b) for a, b in rows), ZERO)
        # the rest: |a| + |b| <= 3/2 times their length, shrink to the power of the iteration
        rest = push * F(3, 2) * shrink**horizon / (1 - shrink)
        require(most + rest <= system.limit)
        return None

    why = "the support function of what can be reached, a geometric series"
    name = f"shrinking turn, x <= {limit}"
    return question(name, "nonlinear", system, label, why, theory, agents=2)


ENDS: tuple[tuple[Fraction, Label], ...] = ((ZERO, "safe"), (F(1, 1000), "unsafe"))

QUESTIONS: tuple[Question, ...] = (
    *(asked for walk in CHAINS for asked in on_both_sides(walk.ask)),
    wheels(5, 7, 10, "safe"),
    wheels(5, 7, 9, "unsafe"),
    wheels(11, 13, 22, "safe"),
    wheels(11, 13, 21, "unsafe"),
    jugs(3, 6, 4, "safe"),
    jugs(3, 5, 4, "unsafe"),
    peterson("safe"),
    peterson("unsafe"),
    tokens("privileges", 1, "safe"),
    tokens("the first", 2, "unsafe"),
    pump(12, "safe"),
    pump(11, "unsafe"),
    *(
        ask(count, distance, label)
        for ask in (opinions, contagion)
        for count in (2, 16, 64)
        for distance, label in ENDS
    ),
    *on_both_sides(well),
    *on_both_sides(stock),
    root("1.4142135", "safe"),
    root("1.4142136", "unsafe"),
    squares("1", "safe"),
    squares("1.001", "unsafe"),
    competitors("1", "safe"),
    competitors("0.666", "unsafe"),
    shrinking_turn("0.63", "safe"),
    shrinking_turn("0.628", "unsafe"),
)
