"""The worst run of a scheme, followed round by round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from spec import Real
from tests.models.given_choices import Given
from tests.support import number, parameters_at

Step = Callable[[Any, Any, Any], Any]


def worst_run(
    agent: Callable[..., Any],
    steps: tuple[Step, Step],
    parameters: Any,
    *,
    rounds: int,
    start: dict[str, Fraction],
    at: Mapping[str, Fraction | int],
) -> list[dict[str, Fraction]]:
    """What every field is after each round, nature choosing as much as it can, to twelve digits.

    It ends before where nothing changes any more.

    Args:
        agent: the class of the agent.
        steps: amplify, and distill.
        parameters: the class of the parameters.
        rounds: how many rounds to follow.
        start: the fields of the first agent.
        at: parameter values other than the defaults.
    """
    p = parameters_at(parameters, **at)
    amplify, distill = steps
    nature: Any = Given()
    values = start
    run: list[dict[str, Fraction]] = []
    for _ in range(rounds):
        here = agent(**{name: Real(value) for name, value in values.items()})
        after = distill(amplify(here, p, nature), p, nature)
        values = {
            name: Fraction(round(number(getattr(after, name)) * 10**12), 10**12) for name in start
        }
        if run and values == run[-1]:
            break
        run.append(values)
    return run
