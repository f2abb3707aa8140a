"""Two schemes and one invariant: whether both keep it at the same parameters, and whether their
proofs share a lemma."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recheck.claims import shown
from recheck.errors import Rejected, Undecided
from recheck.evidence import Evidence, scope_of, system_of
from recheck.obligations import Obligation, Shown
from recheck.parts.pairs import Pair, of_simulation, pair_of, point_of, require_something
from recheck.settling import connected
from recheck.terms import MANAGER, conjuncts, script, substitute

SECOND = "right "
"""What stands before the names of the second scheme."""


def of_agreement(document: Mapping[str, Any]) -> Shown:
    """That both schemes have the same runs, in the fields that the invariant reads; or that each is
    proved or refuted by itself: at one value of the parameters, or both proved at all of them."""
    proof, over = document["proof"], document["statement"]["over"]
    if "there" in proof and document["verdict"] == "proved":
        require_something(document)
        pair = pair_of(document, over)
        found = [*of_simulation(pair, proof["there"])]
        found += [*of_simulation(pair.swapped, proof["back"]), *_passing(pair, document)]
        return Shown("", found)
    if "sides" not in proof:
        raise Undecided("no way to check this agreement")
    everywhere = over and document["verdict"] == "proved"
    ends = over if everywhere else point_of(document)
    sides = [_claim(document, number, ends) for number in (0, 1)]
    if everywhere and any(side.verdict != "proved" for side in sides):
        raise Undecided("that both are refuted over a range has no evidence yet")
    alike = sides[0].verdict == sides[1].verdict
    if alike != (document["verdict"] == "proved"):
        raise Rejected("what is shown of the two schemes is not the verdict")
    return _both(sides)


def _both(sides: list[Evidence]) -> Shown:
    """What is shown of either."""
    found = [shown(side) for side in sides]
    why = "; ".join(each.why for each in found if each.why)
    return Shown(why, [o for each in found for o in each.obligations])


def _claim(
    document: Mapping[str, Any], number: int, ends: Mapping[str, tuple[str, str]]
) -> Evidence:
    """What is shown of one of the schemes, as evidence of a claim."""
    section, proof = document[("system", "other")[number]], document["proof"]["sides"][number]
    if section is None:
        raise Undecided("no evidence is written yet for this statement")
    system = system_of(section, scope_of(section, ends))
    claim = {place: system.conditions(place, document["claim"][place]) for place in system.fields}
    return Evidence("Claim", proof["verdict"], system, claim, proof, document)


def _passing(pair: Pair, document: Mapping[str, Any]) -> Iterator[Obligation]:
    """That of related agents one keeps the invariant if the other does."""
    for each in (pair, pair.swapped):
        first, second = each.first, each.second
        kept = [s.conditions(s.agent, document["claim"][s.agent]) for s in (first, second)]
        domains = [*first.domain[first.agent], *second.domain[second.agent]]
        known = [*each.known(), *domains, *each.related(), *kept[1]]
        yield Obligation(f"the invariant passes to the {first.agent}", known, kept[0])


def of_transfer(document: Mapping[str, Any]) -> Shown:
    """That two proofs share a lemma: from the same conditions follows the same conclusion."""
    if document["verdict"] != "proved" or "sides" not in document["proof"]:
        raise Undecided("no way to check this transfer")
    sides = [_claim(document, number, {}) for number in (0, 1)]
    if any(side.verdict != "proved" for side in sides):
        raise Rejected("one of the two is no proof")
    shared = set.intersection(*(_lemmas(side, shown(side)) for side in sides))
    if not shared:
        raise Rejected("the two proofs share no lemma")
    found = _both(sides)
    return found._replace(
        why=f"{len(found.obligations)} obligations hold, {len(shared)} are shared"
    )


def _lemmas(side: Evidence, found: Shown) -> set[str]:
    """What a proof shows, each conclusion from the conditions that bear on it, with the symbols of
    the second scheme named as those of the first."""
    system, lemmas = side.system, set()
    own = [field for fields in system.fields.values() for field in fields]
    own += [choice.symbol for step in system.steps for choice in step.choices]
    names = {each: each.getSymbol().removeprefix(SECOND) for each in own}
    by = {each: MANAGER.mkConst(each.getSort(), name) for each, name in names.items()}
    for obligation in found.obligations:
        known = conjuncts(obligation.hypotheses)
        for goal in conjuncts(obligation.goals):
            used = sorted(connected(known, goal), key=lambda term: str(substitute([term], by)[0]))
            if used and goal not in used:
                lemmas.add(script(substitute(used, by), substitute([goal], by)))
    return lemmas
