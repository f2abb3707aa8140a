"""Claims about every scheme at once: agents of which nothing is known, and arbitrary relations.

The premises are what any scheme must show. Each says that something holds of members of any kind
wherever some other things do:

    start       the claim holds of the seed;
    oversight   where the claim holds of w, w makes x and x may make y, x can oversee y;
    a step      where the claim holds of x, x may make y, and x can oversee y if the step is
                overseen, the claim holds of y.

*Proved*: let the claim hold of an agent. What holds of it and of those that an iteration makes of
it is derived from the premises that are left; the claim must be derived of the last, and the start
be no premise that is dropped. By induction it holds forever. Each premise derives a fact from
facts, so that all hold where everything is related to everything: they contradict nothing.

*Refuted*: a model with finitely many members, of which the listed facts hold and no others, meets
the premises that are left, and a run in it ends at an agent of whom the claim does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

from recheck.errors import Malformed, Rejected, Undecided
from recheck.obligations import Shown

Fact = tuple[str, ...]
"""A relation, and the members between which it holds."""
Premise = tuple[Sequence[Fact], Fact]
"""From which facts about members with these names which other follows."""


def of_relations(document: Mapping[str, Any]) -> Shown:
    """What follows for every scheme from the premises.

    Raises:
        Rejected: where that is not the verdict.
    """
    scheme, proof = document["statement"]["relations"], document["proof"]
    sources = [step["source"] for step in scheme["steps"]]
    if document["statement"]["kind"] != "Claim":
        raise Malformed("no claim about arbitrary relations")
    if [step["target"] for step in scheme["steps"]] != [*sources[1:], *sources[:1]]:
        raise Malformed("the steps are no loop")
    told = [scheme["claim"][source] for source in sources]
    told += [name for step in scheme["steps"] for name in (step["relation"], step["overseen"])]
    if len({*told} - {None}) < len(told) - told.count(None):
        raise Malformed("one name for two relations")  # each is between members of two kinds
    if document["verdict"] == "proved":
        return Shown(_derived(scheme), ())
    if document["verdict"] != "refuted" or "model" not in proof:
        raise Undecided("no way to check this of arbitrary relations")
    return Shown(_broken(scheme, proof["model"]), ())


def _premises(scheme: Mapping[str, Any]) -> Iterator[Premise]:
    """The premises that are not dropped, over members w, x and y; the first is about the seed."""
    steps, claim, dropped = scheme["steps"], scheme["claim"], scheme["dropped"]
    for number, step in enumerate(steps):
        made = (step["relation"], "x", "y")
        overseen = [(step["overseen"], "x", "y")] if step["overseen"] else []
        if overseen and dropped != ["oversight"]:
            before = steps[number - 1]
            earlier = [(claim[before["source"]], "w"), (before["relation"], "w", "x")]
            yield [*earlier, made], overseen[0]
        if dropped != ["step", step["name"]]:
            known = [(claim[step["source"]], "x"), made, *overseen]
            yield known, (claim[step["target"]], "y")


def _derived(scheme: Mapping[str, Any]) -> str:
    """Why the claim follows from the premises.

    Raises:
        Rejected: where it is not derived.
    """
    if scheme["dropped"] == ["start"]:
        raise Rejected("nothing says that the claim holds of the seed")
    steps, claim = scheme["steps"], scheme["claim"][scheme["steps"][0]["source"]]
    members = [str(number) for number in range(len(steps) + 1)]
    made = zip(steps, members, members[1:], strict=False)
    facts = {(claim, members[0]), *((step["relation"], x, y) for step, x, y in made)}
    while True:
        more = set(_following(scheme, facts, members)) - facts
        if not more:
            break
        facts |= more
    if (claim, members[-1]) not in facts:
        raise Rejected("the premises do not keep the claim for an iteration")
    return f"the claim is derived of an iteration's agent in {len(facts)} facts"


def _following(
    scheme: Mapping[str, Any], facts: set[Fact], members: Sequence[str]
) -> Iterator[Fact]:
    """What a premise derives from some facts."""
    for known, then in _premises(scheme):
        for chosen in product(members, repeat=3):
            named = dict(zip("wxy", chosen, strict=True))
            if all(_of(fact, named) in facts for fact in known):
                yield _of(then, named)


def _of(fact: Fact, named: Mapping[str, str]) -> Fact:
    return (fact[0], *(named[each] for each in fact[1:]))


def _broken(scheme: Mapping[str, Any], model: Mapping[str, Any]) -> str:
    """Why a run in a model ends outside the claim, though the model meets the premises.

    Raises:
        Rejected: where it does not.
    """
    run, facts = model["run"], {(*fact,) for fact in model["facts"]}
    steps, claim = scheme["steps"], scheme["claim"][scheme["steps"][0]["source"]]
    members = sorted({*run})
    if any(member not in members for fact in facts for member in fact[1:]):
        raise Malformed("a member that is not in the run")
    if scheme["dropped"] != ["start"] and (claim, run[0]) not in facts:
        raise Rejected("the claim does not hold of the seed")
    if not facts.issuperset(_following(scheme, facts, members)):
        raise Rejected("the model does not meet the premises")
    if len(run) % len(steps) != 1 % len(steps):
        raise Rejected("the run does not end with an agent")
    for number, (x, y) in enumerate(pairwise(run)):
        if (steps[number % len(steps)]["relation"], x, y) not in facts:
            raise Rejected("the run is none of the model")
    if (claim, run[-1]) in facts:
        raise Rejected("the run ends within the claim")
    return f"a model with {len(members)} members meets the premises and breaks the claim"
