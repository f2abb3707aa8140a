"""Relaxed adversarial training kind of input by kind of input: the mean, and the worst."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.relaxed_adversarial_training import (
    Probed,
    Relaxation,
    Trained,
    caught,
    probe,
    relaxed_adversarial_training,
    train,
)
from models.worlds.relaxed_adversarial_training import (
    probed,
    probed_at_worst,
    trained,
    trained_at_worst,
)
from spec import I, Nature, Real, minimum
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)

Kind = tuple[int, bool, list[Fraction]]
"""A kind of input: its weight, whether it can be described, and its part of every round's
departures."""


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.booleans(), st.lists(SIXTIETHS, min_size=4, max_size=4)),
        min_size=1,
        max_size=5,
    ),
    SIXTIETHS,
    SIXTIETHS,
)
@FORTY
def test_four_rounds_over_kinds_of_input_stay_within_the_bounds(
    kinds: list[Kind], proposed: Fraction, recognised: Fraction
) -> None:
    """Departures go to any kinds, with a mean of 1/100; so much is possible on the rarest."""
    total = sum(weight for weight, _, _ in kinds)
    shares = [Fraction(weight, total) for weight, _, _ in kinds]
    unreached = sum(
        (x for x, (_, reached, _) in zip(shares, kinds, strict=True) if not reached), Fraction(0)
    )
    p = parameters_at(
        Relaxation,
        unreached=unreached,
        proposed=proposed,
        recognised=recognised,
        density=1 / min(shares),
        imitation_error=Fraction(1, 100),
    )
    nature: Any = Given()
    model: Any = Trained(malign=Real(0), worst_malign=Real(0))
    malign = [Fraction(0)] * len(kinds)
    for turn in range(4):
        mean = sum((x * k[2][turn] for x, k in zip(shares, kinds, strict=True)), Fraction(0))
        for i, (_, reached, departures) in enumerate(kinds):
            left = malign[i] * (1 - proposed * recognised if reached else 1)
            departs = departures[turn] / (100 * mean) if mean else Fraction(0)
            malign[i] = min(Fraction(1), left + departs)
        after: Any = train(probe(model, p, nature), p, nature)
        model = Trained(
            malign=Real(number(after.malign)), worst_malign=Real(number(after.worst_malign))
        )
        assert sum((x * m for x, m in zip(shares, malign, strict=True)), Fraction(0)) <= number(
            model.malign
        )
        assert max(malign) <= number(model.worst_malign)


def worst(field: str, at: dict[str, Fraction]) -> Fraction:
    """The greatest value of a field in the worst run."""
    start = {"malign": Fraction(0), "worst_malign": Fraction(0)}
    run = worst_run(Trained, (probe, train), Relaxation, rounds=600, start=start, at=at)
    return max(values[field] for values in run)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("field", "name", "last", "outward"),
    [
        ("malign", "unreached", Fraction(39, 400), 1),
        ("malign", "recognised", Fraction(1, 50), -1),
        ("worst_malign", "density", Fraction(40), 1),
        ("worst_malign", "recognised", Fraction(1, 5), -1),
        ("worst_malign", "unreached", Fraction(1, 500), 1),
        ("worst_malign", "by_copies", Fraction(3, 4), 1),
    ],
)
def test_it_stays_benign_exactly_within_the_formula(
    field: str, name: str, last: Fraction, outward: int, beyond: bool
) -> None:
    """c (L - u) >= eps, and c L >= rho eps with u = 0."""
    value = last + outward * Fraction(1 if beyond else -1, 500)
    assert (worst(field, {name: value}) > LIMIT) == beyond


def apart(model: Trained[I], p: Relaxation, nature: Nature) -> Probed[I]:
    """The model is as seldom malign out of reach as within."""
    after: Probed[I] = probe(model, p, nature)
    return Probed(
        malign=model.malign * (1 - caught(p) * (1 - p.unreached)), worst_malign=after.worst_malign
    )


def nearly_all_described(model: Trained[I], p: Relaxation, nature: Nature) -> Probed[I]:
    """What cannot be described counts by its share, on the worst input too."""
    after: Probed[I] = probe(model, p, nature)
    left = 1 - caught(p) * (1 - p.unreached)
    return Probed(malign=after.malign, worst_malign=left * model.worst_malign)


def candid_copies(model: Trained[I], p: Relaxation, nature: Nature) -> Probed[I]:
    """Copies say what they know of inputs on which the model is malign."""
    after: Probed[I] = probe(model, p, nature)
    left = 1 - p.proposed * p.recognised
    hidden = minimum(model.malign, p.unreached)
    return Probed(
        malign=left * model.malign + p.proposed * p.recognised * hidden,
        worst_malign=after.worst_malign,
    )


@pytest.mark.parametrize(
    ("step", "concrete", "field"),
    [
        (candid_copies, probed, "malign"),
        (apart, probed, "malign"),
        (nearly_all_described, probed_at_worst, "worst_malign"),
    ],
)
def test_a_wrong_probe_is_refuted_by_a_world(
    step: Callable[..., Any], concrete: Callable[..., Any], field: str
) -> None:
    broken = broken_world(
        relaxed_adversarial_training,
        "amplify",
        step,
        concrete,
        at={"unreached": "1/10", "by_copies": "1/2"},
    )
    assert broken == field


def on_average_everywhere(probed: Probed[I], p: Relaxation, nature: Nature) -> Trained[I]:
    """On no input does the next model depart more than on average."""
    departure = nature.choose("departure", at_most=p.imitation_error)
    at_worst = nature.choose("departure on the worst input", at_most=p.imitation_error)
    return Trained(
        malign=minimum(1, probed.malign + departure),
        worst_malign=minimum(1, probed.worst_malign + at_worst),
    )


def never(probed: Probed[I], p: Relaxation, nature: Nature) -> Trained[I]:
    """The next model is malign nowhere where its overseer would not have it so."""
    after: Trained[I] = train(probed, p, nature)
    return Trained(malign=probed.malign, worst_malign=after.worst_malign)


@pytest.mark.parametrize(
    ("step", "concrete", "broken"),
    [
        (on_average_everywhere, trained_at_worst, "departure on the worst input"),
        (never, trained, "malign"),
    ],
)
def test_a_wrong_training_is_refuted_by_a_world(
    step: Callable[..., Any], concrete: Callable[..., Any], broken: str
) -> None:
    assert broken_world(relaxed_adversarial_training, "distill", step, concrete) == broken
