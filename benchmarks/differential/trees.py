"""Random folds over trees, and an oracle that enumerates what their nodes can be."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

from benchmarks.differential.machines import (
    Choice,
    Field,
    Folded,
    Kept,
    Step,
    Term,
    either,
    evaluate,
    fewer,
    greatest,
    least,
    more,
    name,
    term,
)
from benchmarks.differential.oracle import HALF, ONE, ZERO, State, Told, chosen_by, holds

MOST_NODES = 9
"""Nodes of the trees that are enumerated where a fold has infinitely many states."""
MOST_STATES = 400
FEW = 40

Draw = random.Random


def drawn(draw: Draw) -> Folded:
    """A fold over numbers, or over counts and flags."""
    return numbers(draw) if draw.random() < 0.5 else marks(draw)


def numbers(draw: Draw) -> Folded:
    """Errors that add up, are voted on or corrected from the children to the parent."""
    arity = draw.randint(1, 3)
    children = [name(f"{place} e") for place in range(arity)]
    total = children[0]
    for child in children[1:]:
        total = total + child
    slip = Choice("slip", high=term(Fraction(draw.randint(0, 3), 32)))
    worst = children[0]
    for child in children[1:]:
        worst = draw.choice([least, greatest])(worst, child)
    share = Fraction(draw.randint(1, 8), 8 * arity)
    made = draw.choice([total * share, worst * share, worst * worst]) + name("slip")
    if draw.random() < 0.5:
        made = least(1, made)
    leaf = Step((Choice("base", high=term(Fraction(draw.randint(0, 8), 16))),), (name("base"),))
    limit = Fraction(draw.randint(1, 20), 20)
    kept = (Kept(name("e"), limit, draw.random() < 0.3),)
    return Folded("fold", (Field("e"),), leaf, {arity: Step((slip,), (made,))}, kept)


def marks(draw: Draw) -> Folded:
    """Counts and flags: finitely many states."""
    top = draw.randint(2, 4)
    fields = (Field("n", ZERO, Fraction(top), "count"), Field("f", kind="flag"))
    nodes = {arity: Step((Choice("u", truth=True),), mark(draw, arity, top)) for arity in (1, 2)}
    if draw.random() < 0.5:
        del nodes[draw.choice([1, 2])]
    leaf = Step((Choice("u", truth=True),), (either(name("u"), 1, 0), name("u") & name("u")))
    kept = (Kept(name("n"), Fraction(draw.randint(0, top))),)
    if draw.random() < 0.4:
        kept = (Kept(either(name("f"), name("n"), 0), Fraction(draw.randint(0, top))),)
    return Folded("fold", fields, leaf, nodes, kept)


def mark(draw: Draw, arity: int, top: int) -> tuple[Term, Term]:
    """A node's count and flag."""
    counts = [name(f"{place} n") for place in range(arity)]
    flags = [name(f"{place} f") for place in range(arity)]
    joined = counts[0]
    for count in counts[1:]:
        joined = draw.choice([fewer, more])(joined, count)
    asks = [*flags, name("u"), counts[0] < draw.randint(1, top)]
    a, b = draw.sample(asks, 2)
    raised = either(draw.choice([a & b, a | b, a]), fewer(joined + 1, top), joined)
    return raised, draw.choice([a & b, ~a, a | b, b])


def told(folded: Folded) -> Told:
    """The number of nodes of the smallest tree found that breaks the claim, and whether every tree
    was taken into account."""
    truths = all(c.truth for step in (folded.leaf, *folded.nodes.values()) for c in step.choices)
    by_size: dict[int, set[State]] = {}
    seen: set[State] = set()
    most = 10**6 if truths else MOST_NODES
    quiet, widest = 0, max(folded.nodes)
    for size in range(1, most + 1):
        new = set(made(folded, size, by_size)) - seen
        if any(holds(folded.agent, folded.kept, state) is False for state in new):
            return Told(size, truths)
        seen |= new
        by_size[size] = new if truths else set(itertools.islice(new, FEW))
        quiet = 0 if new else quiet + 1
        largest = max((n for n, states in by_size.items() if states), default=1)
        if truths and size > widest * largest + 1:
            return Told(None, True)
        if len(seen) > MOST_STATES:
            break
    return Told(None, False)


def made(folded: Folded, size: int, by_size: dict[int, set[State]]) -> Iterator[State]:
    """The states at the roots of trees of so many nodes, whose children's are given by size.

    A state is listed at the least size at which it occurs, so that no tree is missed.
    """
    if size == 1:
        yield from results(folded.leaf, {})
        return
    for arity, step in folded.nodes.items():
        for sizes in itertools.product(range(1, size), repeat=arity):
            if sum(sizes) != size - 1:
                continue
            for children in itertools.product(*(by_size[each] for each in sizes)):
                yield from results(step, child_values(folded, children))


def child_values(folded: Folded, children: Sequence[State]) -> dict[str, object]:
    """The children's fields by name."""
    return {
        f"{place} {field.name}": value
        for place, child in enumerate(children)
        for field, value in zip(folded.agent, child, strict=True)
    }


def results(step: Step, values: dict[str, object]) -> Iterator[State]:
    """What a step can make, nature's choices at an end or halfway."""
    truths = all(choice.truth for choice in step.choices)
    grid = (ZERO, ONE) if truths else (ZERO, HALF, ONE)
    for units in itertools.product(grid, repeat=len(step.choices)):
        here = dict(values)
        chosen_by(step, here, units)
        yield tuple(evaluate(output, here) for output in step.outputs)
