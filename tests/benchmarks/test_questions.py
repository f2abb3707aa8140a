"""The labels of the benchmark's questions hold, and its generated half is frozen."""

from __future__ import annotations

import hashlib
import random
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import generated, literature, problems, public
from benchmarks.arena import QUESTIONS
from benchmarks.contestants import storm
from benchmarks.question import Label, Question, System
from benchmarks.theory import first_break
from checker import Options, decide
from checker.backends.evaluator import EXACT
from checker.system.problem import numeral_value, pose
from spec.statements.base import Answer

FROZEN = "1878df2027233a897fc16ab832ec6ad377eb7967ee09245a7eb7b6d756c2ec17"
SLIGHT = Fraction(1, 1000)
README = Path(generated.__file__).with_name("README.md")


SYSTEMS = [question for question in QUESTIONS if question.system is not None]


def named(questions: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("question", questions, ids=lambda q: q.name)


@named(QUESTIONS)
def test_the_theory_behind_every_label_holds(question: Question) -> None:
    first = question.theory()
    assert question.label == "unsafe" or first is None


def test_the_set_is_what_it_is_said_to_be() -> None:
    assert len(QUESTIONS) >= 150
    published = [question.label for question in public.QUESTIONS]
    assert published.count("safe") == published.count("unsafe")
    assert len(problems.QUESTIONS) == len(generated.QUESTIONS) >= 32
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    for half in (problems.QUESTIONS, generated.QUESTIONS):
        labels = [question.label for question in half]
        assert abs(labels.count("safe") - labels.count("unsafe")) <= 4
    assert {q.distance for q in generated.QUESTIONS} == set(generated.DISTANCES)
    assert {q.agents for q in QUESTIONS} >= {1, 2, 4, 8, 16, 32, 64}
    assert sum(question.chain is not None for question in QUESTIONS) == 28
    found = [question.label for question in literature.QUESTIONS]
    assert abs(found.count("safe") - found.count("unsafe")) <= 8


def test_the_generated_half_is_frozen() -> None:
    source = Path(generated.__file__).read_bytes()
    assert hashlib.sha256(source).hexdigest() == FROZEN
    assert FROZEN in README.read_text()
    again = generated.generate(generated.SEED)
    assert [q.name for q in again] == [q.name for q in generated.QUESTIONS]
    assert [q.why for q in again] == [q.why for q in generated.QUESTIONS]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(generated.FAMILIES), st.sampled_from([0, 1]))
def test_the_labels_of_every_family_hold_for_other_draws(
    seed: int, family: Any, distance: int
) -> None:
    labels: tuple[Label, ...] = ("safe", "unsafe")
    for label in labels:
        drawn = random.Random(seed)
        made = family(drawn, generated.DISTANCES[distance], label)
        made.theory()


# The reasons of the others read more than the loop: an agent alone, the limit that was drawn.
READS_THE_LOOP = [
    q
    for q in generated.QUESTIONS
    if (q.family, q.label) not in {("ring", "safe"), ("chain", "unsafe")}
]


@named(READS_THE_LOOP)
def test_a_wrong_label_fails_its_check(question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same draw on the other side of the threshold: its reason does not hold of this loop."""
    other: Label = "unsafe" if question.label == "safe" else "safe"
    family = getattr(generated, question.family)
    assert question.distance is not None
    right = family(random.Random(5), question.distance, question.label)
    wrong = family(random.Random(5), question.distance, other)
    # The reason of the wrong label, asked of the loop with the right one.
    for name in ("step", "limit", "fields", "choices", "seed"):
        object.__setattr__(wrong.system, name, getattr(right.system, name))
    monkeypatch.setattr(generated, "first_break", partial(first_break, most=100))
    with pytest.raises(AssertionError):
        wrong.theory()


@pytest.mark.parametrize("model", public.MODELS, ids=lambda model: model.name)
def test_a_wrong_label_of_a_published_model_fails_its_check(model: public.Model) -> None:
    """What is said to be safe at values beyond the threshold is not kept, nor left within it."""
    for value, label in ((Fraction(1, 1000), "unsafe"), (Fraction(0), "safe")):
        right = model.ask(value, "unsafe" if label == "unsafe" else "safe")
        wrong = model.ask(value, "safe" if label == "unsafe" else "unsafe")
        assert right.system is not None
        object.__setattr__(wrong.system, "step", right.system.step)
        object.__setattr__(wrong.system, "seed", right.system.seed)
        with pytest.raises(AssertionError):
            wrong.theory()


@pytest.mark.parametrize("walk", literature.CHAINS, ids=lambda walk: walk.name)
def test_a_wrong_label_of_a_chain_fails_its_check(walk: literature.Walk) -> None:
    """A limit just below the greatest chance of failing is not kept, one just above not passed."""
    hit, chosen = walk.worst()
    beyond, within = (walk.system(hit[0] * (1 + side)) for side in (-SLIGHT, SLIGHT))
    worst = [c for c, ends in zip(chosen, walk.most, strict=True) if ends is not None]
    assert first_break(beyond, lambda iteration: worst) > 0
    with pytest.raises(AssertionError):
        first_break(within, lambda iteration: worst, most=300)


@named([q for q in literature.QUESTIONS if q.family == "finite"])
def test_a_wrong_label_of_a_finite_loop_fails_its_check(question: Question) -> None:
    """The other answer to the same loop is refused."""
    system = question.system
    assert system is not None
    moved = attrs.evolve(system, limit=Fraction(0) if question.label == "safe" else Fraction(99))
    wrong = literature.finite("other", moved, question.label, "", question_actions(system))
    with pytest.raises(AssertionError):
        wrong.theory()


def question_actions(system: System) -> list[tuple[Fraction, ...]]:
    """Choices on a fine grid, which meet every interval that the loops tell apart."""
    return [(Fraction(n, 24),) for n in range(1, 24)] if system.choices else [()]


@named([q for q in SYSTEMS if q.agents <= 16])
def test_the_claim_is_the_plain_loop(question: Question) -> None:
    """What the solvers get, evaluated in exact numbers, is the step as plain Python."""
    system = question.system
    assert system is not None
    problem = pose(question.claim)
    assert tuple(numeral_value(term) for term in problem.seed) == system.seed
    (step,) = problem.steps
    program, guard = step.program.bind(EXACT), problem.guards["agent"].bind(EXACT)
    drawn = random.Random(question.name)
    for _ in range(4):
        state = [r.low + (r.high - r.low) * Fraction(drawn.randint(0, 7), 7) for r in system.fields]
        units = [Fraction(drawn.randint(0, 5), 5) for _ in system.choices]
        chosen = [c.low + (c.high - c.low) * u for c, u in zip(system.choices, units, strict=True)]
        outputs, _, _ = program(
            [EXACT.constant(v) for v in state], [EXACT.constant(u) for u in units]
        )
        after = [Fraction(int(v.p), int(v.q)) for v in outputs[: len(state)]]
        assert after == list(system.step(state, chosen))
        truths, _, _ = guard([EXACT.constant(v) for v in state], ())
        assert all(truths) == system.safe(state)


@named([q for q in QUESTIONS if q.name.startswith(("halving", "chaos", "affine", "logistic"))])
def test_alignspec_agrees_with_easy_labels(question: Question) -> None:
    verdict = decide(question.claim, options=Options(timeout=20.0))
    assert verdict.answer is {"safe": Answer.PROVED, "unsafe": Answer.REFUTED}[question.label]


@pytest.mark.storm
@named([q for q in QUESTIONS if q.chain is not None])
def test_storm_agrees_with_the_labels_of_chains(question: Question) -> None:
    assert storm(question, 20.0).answer == question.label
