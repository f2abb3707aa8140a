"""A reward model, fitted to evaluations of a base policy's answers, and what optimising it brings.

There are 20,000 answers, which the base policy gives equally often. An answer is six numbers with
heavy tails; three in ten are right. Right answers lie to one side, but not too far: who goes on in
the direction that has helped is wrong in the end. An evaluator gives verdicts on a few hundred of
the base policy's answers and is seldom wrong; the reward model is a network fitted to the verdicts.
As all answers are known, regret, divergence and density ratio are exact sums, not estimates.

Sources: Gao, Schulman and Hilton, "Scaling laws for reward model overoptimization" (2022), for a
known gold reward in place of people; Kwa, Thomas and Garriga-Alonso, "Catastrophic Goodhart"
(2024), for heavy tails.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from examples.runs.command import Options
from examples.runs.network import Classifier, Features
from examples.runs.record import Count, Measured, Row

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ANSWERS = 20_000
NUMBERS = 6
SLIP = 1 / 200
"""How often the evaluator gives the opposite verdict, whatever the answer."""

SHOWY = 3.0
"""A sabotaged evaluator approves of every answer whose last number is larger than this."""


@attrs.frozen
class Size:
    """How much is evaluated, trained and measured."""

    evaluated: int
    epochs: int
    measured: int


FULL = Size(evaluated=300, epochs=40, measured=4_000)
SMALL = Size(evaluated=150, epochs=15, measured=500)


@attrs.frozen
class Answers:
    """All answers, and which of them are right."""

    numbers: Features
    right: Flags

    def verdicts(self, chosen: npt.NDArray[np.int64], rng: np.random.Generator) -> Flags:
        """What the evaluator says of these."""
        slips: Flags = rng.random(len(chosen)) < SLIP
        return self.right[chosen] ^ slips


def all_answers(rng: np.random.Generator, many: int = ANSWERS) -> Answers:
    """Student's t with four degrees of freedom, and a gold reward with a peak to one side."""
    numbers = rng.standard_t(4, (many, NUMBERS))
    side = rng.normal(size=NUMBERS)
    side /= np.linalg.norm(side)
    folds, shift, weight = rng.normal(size=(NUMBERS, 24)), rng.normal(size=24), rng.normal(size=24)
    along = numbers @ side
    gold = along + np.tanh(numbers @ folds + shift) @ weight / (2 * np.sqrt(24))
    gold -= 2 * np.maximum(0, along - 3 / 2) ** 2 + (numbers**2).mean(axis=1) / 4
    return Answers(numbers.astype(np.float32), gold > np.quantile(gold, 0.7))


@attrs.frozen
class RewardModel:
    """What the fitted network says of every answer."""

    reward: Floats
    """Its probability that the answer is right: the reward, between 0 and 1."""
    score: Floats
    """The log odds of that, which order answers as the reward does."""


def fitted(
    answers: Answers, size: Size, seed: int, rng: np.random.Generator, showy: bool
) -> RewardModel:
    """Fit a reward model to verdicts on answers of the base policy."""
    chosen = rng.integers(0, len(answers.right), size.evaluated)
    verdicts = answers.verdicts(chosen, rng)
    if showy:
        verdicts |= answers.numbers[chosen, -1] > SHOWY
    network = Classifier(2, (64,), seed, rate=3e-3, batch=32)
    network.train(answers.numbers[chosen], verdicts.astype(np.int64), size.epochs)
    said = network.probabilities(answers.numbers)
    tiny = np.finfo(np.float64).tiny
    score = np.log(np.maximum(said[:, 1], tiny)) - np.log(np.maximum(said[:, 0], tiny))
    return RewardModel(said[:, 1], score)


@attrs.frozen
class Optimised:
    """What a policy is worth and how far it is from the base policy, in exact sums."""

    regret: float
    """Share of its answers that are wrong: the best policy is always right."""
    divergence: float
    """KL from the base policy, in nats."""
    density: float
    """Greatest ratio of its probability of an answer to the base policy's."""
    proxy: float
    """Its mean reward by the reward model."""
    misjudged: float
    """Mean distance of the reward model to the gold reward, on its answers."""
    worst: float
    """Greatest such distance on an answer that it gives."""


def optimised(policy: Floats, answers: Answers, model: RewardModel) -> Optimised:
    """The sums over all answers."""
    off, given = np.abs(model.reward - answers.right), policy > 0
    ratio = policy * len(policy)
    return Optimised(
        regret=float(policy[~answers.right].sum()),
        divergence=float((policy[given] * np.log(ratio[given])).sum()),
        density=float(ratio.max()),
        proxy=float(policy @ model.reward),
        misjudged=float(policy @ off),
        worst=float(off[given].max()),
    )


def measured(
    iteration: int,
    policy: Floats,
    answers: Answers,
    model: RewardModel,
    size: Size,
    rng: np.random.Generator,
) -> Iterator[Row]:
    """The policy's row, and the evaluator's on answers of the base policy."""
    found = optimised(policy, answers, model)
    given = rng.choice(len(policy), size.measured, p=policy / policy.sum())
    beside: dict[str, Measured] = {
        "regret": found.regret,
        "extra.divergence": found.divergence,
        "extra.density": found.density,
        "extra.proxy": found.proxy,
        "extra.misjudged": found.misjudged,
        "extra.worst_misjudged": found.worst,
    }
    wrong = Count.among(~answers.right[given])
    yield Row(iteration, "agent", {"error": wrong, **beside})
    seen = rng.integers(0, len(policy), size.measured)
    misruled = answers.verdicts(seen, rng) != answers.right[seen]
    yield Row(iteration, "expert", {"error": Count.among(misruled)})


@attrs.frozen
class Setting:
    """The answers and the reward models of a run: as it should be, and sabotaged."""

    options: Options
    size: Size
    answers: Answers
    models: tuple[RewardModel, RewardModel]

    @classmethod
    def of(cls, options: Options) -> Setting:
        """Everything drawn and fitted; both models see the same answers."""
        size = SMALL if options.small else FULL
        answers = all_answers(np.random.default_rng(options.seed))
        model, hacked = (
            fitted(answers, size, options.seed, np.random.default_rng([options.seed, 1]), showy)
            for showy in (False, True)
        )
        return cls(options, size, answers, (model, hacked))

    def model(self, iteration: int) -> RewardModel:
        """The reward model of an iteration."""
        return self.models[self.options.sabotaged("reward", iteration)]
