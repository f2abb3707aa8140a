"""How the time grows with the number of coupled agents: a recursive hierarchy of evaluators.

    python -m benchmarks.ladder [--sizes 8 16 32 64] [--limit SECONDS] [--repeat N]

Evaluator i is assisted by the evaluator below it and, in the voting ladder, checked by the one
above; each makes errors of its own, which nature chooses. The claim is about the top evaluator
alone, so the bounds on all the others have to be found. All sizes are measured in one run, and what
is printed is the time, and the exponent of its growth between sizes: log(time ratio) / log(size
ratio), 1 for time in proportion to the number of agents.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import time
import types
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from checker import Options, decide
from checker.report.certificate import method_of
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Parameters, Real, between
from spec.statements.base import Answer

Rule = Callable[[Real, Real, Real, Nature, int], Real]
"""An evaluator's next error, from those of the one below, its own and of the one above."""


class Nothing(Parameters):
    """No parameters."""


def halving(slip: str) -> Rule:
    """Half of one's own errors, a quarter of the assistant's, and new ones."""

    def rule(below: Real, own: Real, above: Real, nature: Nature, number: int) -> Real:
        return own / 2 + below / 4 + nature.choose(f"slip {number}", at_most=Real(slip))

    return rule


def voting(slip: str) -> Rule:
    """Wrong where two or three of the neighbours and oneself are, or by a new error."""

    def rule(below: Real, own: Real, above: Real, nature: Nature, number: int) -> Real:
        wrong = below * own + own * above + below * above - 2 * below * own * above
        new = nature.choose(f"slip {number}", at_most=Real(slip))
        return wrong + new * (1 - wrong)

    return rule


def turning(slip: str) -> Rule:
    """Overcorrected: an evaluator swings against the errors of its assistant (not monotone)."""

    def rule(below: Real, own: Real, above: Real, nature: Nature, number: int) -> Real:
        new = nature.choose(f"slip {number}", at_least="-" + slip, at_most=slip)
        return own / 4 - below / 2 + own * above / 8 + new

    return rule


def ladder(size: int, rule: Rule, limit: str, low: int = 0) -> Claim:
    """The claim that the top of ``size`` evaluators errs at most ``limit``."""
    names = [f"e{number}" for number in range(size)]

    def body(namespace: dict[str, Any]) -> None:
        namespace["__annotations__"] = dict.fromkeys(names, Real)
        namespace["__module__"] = __name__
        namespace |= {name: between(low, 1, "error of one evaluator") for name in names}

    agent: Any = Agent
    evaluators: Any = types.new_class(f"Evaluators{size}", (agent[I],), {}, body)

    class TopWithin(Invariant):
        """The top evaluator is seldom wrong."""

        def holds(self, agent: Any) -> Bool:
            top: Bool = getattr(agent, names[-1]) <= Real(limit)
            return top

    def seed(p: Any) -> Any:
        return evaluators(**{name: Real(0) for name in names})

    def step(s: Any, p: Any, nature: Any) -> Any:
        errors = [getattr(s, name) for name in names]
        around = zip([Real(0), *errors], errors, [*errors[1:], errors[-1]], strict=False)
        return evaluators(
            **{names[i]: rule(a, b, c, nature, i) for i, (a, b, c) in enumerate(around)}
        )

    carried: Any = evaluators[TopWithin]
    seed.__annotations__ = {"p": Nothing, "return": carried}
    step.__annotations__ = {
        "s": evaluators[I],
        "p": Nothing,
        "nature": Nature,
        "return": evaluators[I],
    }
    loop: Any = Loop[Nothing, carried](f"ladder{size}", parameters=Nothing, seed=seed, step=step)
    return Claim(f"ladder of {size}", loop, TopWithin())


@attrs.frozen
class Ladder:
    """A family of claims by size, and the right verdict, whose reason is written beside it."""

    name: str
    rule: Rule
    limit: str
    right: Answer
    low: int = 0

    def claim(self, size: int) -> Claim:
        return ladder(size, self.rule, self.limit, self.low)


LADDERS = (
    # errors <= 1/5 are kept: 1/10 + 1/20 + 1/20 = 1/5; the limit leaves a little room
    Ladder("linear, safe", halving("1/20"), "21/100", Answer.PROVED),
    # the bottom approaches 1/5, the next 3/10, and those above more, all of which pass 7/25
    Ladder("linear, unsafe", halving("1/10"), "7/25", Answer.REFUTED),
    # errors <= 1/10 are kept: 0.028 + 0.05 (1 - 0.028) < 1/10
    Ladder("voting, safe", voting("1/20"), "1/10", Answer.PROVED),
    # with slip 1/4 > 1/6 nothing below 1/2 is kept
    Ladder("voting, unsafe", voting("1/4"), "3/10", Answer.REFUTED),
    # |errors| <= 1/5 are kept: 1/20 + 1/10 + 1/200 + 1/25 = 39/200 < 1/5
    Ladder("turning, safe", turning("1/25"), "1/5", Answer.PROVED, low=-1),
    Ladder("turning, unsafe", turning("1/10"), "1/4", Answer.REFUTED, low=-1),
)


def measure(one: Ladder, size: int, limit: float, repeat: int) -> tuple[float, Answer, str]:
    """The least seconds of some runs, the verdict and its method; tracing is included."""
    best, verdict = math.inf, None
    for _ in range(repeat):
        claim = one.claim(size)
        started = time.perf_counter()
        verdict = decide(claim, options=Options(timeout=limit))
        best = min(best, time.perf_counter() - started)
    assert verdict is not None
    return best, verdict.answer, method_of(verdict.result)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark. Status 1: a wrong verdict."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ladder", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2, 4, 8, 16, 32, 64])
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each claim")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the fastest counts")
    options = parser.parse_args(arguments)
    measure(LADDERS[0], 2, options.limit, 1)  # imports and caches are not measured
    wrong = False
    for one in LADDERS:
        found = [(n, *measure(one, n, options.limit, options.repeat)) for n in options.sizes]
        cells = [f"{n}: {seconds:.2f} s" for n, seconds, _, _ in found]
        growth = [
            f"{math.log(b[1] / a[1]) / math.log(b[0] / a[0]):.2f}"
            for a, b in itertools.pairwise(found)
        ]
        answers = {answer for _, _, answer, _ in found}
        methods = ", ".join(dict.fromkeys(method for *_, method in found))
        print(f"{one.name:16} {', '.join(cells)}; exponents {', '.join(growth)}")
        print(f"{'':16} {', '.join(sorted(answers))} ({methods}), right: {one.right}", flush=True)
        wrong |= bool(answers - {one.right, Answer.UNKNOWN})
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
