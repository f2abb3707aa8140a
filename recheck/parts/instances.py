"""A scheme as an instance of iterated amplification, or what contract it breaks.

A contract on all agents or experts is a few obligations, and one point breaks it. Three contracts
say that something exists: a point shows it, and that there is none is an obligation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation, Shown
from recheck.parts.contracts import universal
from recheck.parts.existence import missing, require_loose, there, tied
from recheck.parts.roles import Roles
from recheck.parts.uses import breaks, meets


def of_instance(document: Mapping[str, Any]) -> Shown:
    """What shows that a scheme meets all contracts, or that it breaks some.

    Raises:
        Rejected: where that does not show the verdict.
        Undecided: where there is no way to check it.
    """
    proof, verdict = document["proof"], document["verdict"]
    steps = [] if document["system"] is None else document["system"]["steps"]
    if len(steps) == 1:
        if verdict != "refuted":
            raise Rejected("a scheme with one step has no expert")
        return Shown("the scheme has one step, and so no expert", ())
    way = {"proved": "exists", "refuted": "broken"}.get(verdict)
    if not steps or way not in proof:
        raise Undecided(f"no way to check that this Instance is {verdict}")
    roles = Roles(document)
    if way == "exists":
        return Shown("", list(_kept(roles, proof)))
    fails = [each.get("contract") or each.get("missing", "loose") for each in proof["broken"]]
    return Shown(f"it fails: {', '.join(fails)}", list(_broken(roles, proof)))


def _kept(roles: Roles, proof: Mapping[str, Any]) -> Iterator[Obligation]:
    """What shows that all contracts hold."""
    for found in universal(roles).values():
        yield from found
    yield from there(roles, {name: roles.point(each) for name, each in proof["exists"].items()})
    yield tied(roles, *proof["tie"])


def _broken(roles: Roles, proof: Mapping[str, Any]) -> Iterator[Obligation]:
    """What shows that contracts fail: some at a point, some as there is nothing that must exist.

    Raises:
        Rejected: where one is not broken.
    """
    for each in proof["broken"]:
        if "missing" in each:
            yield missing(roles, each["missing"])
        elif "loose" in each:
            require_loose(roles, [roles.point(point) for point in each["loose"]])
        else:
            found, point = universal(roles)[each["contract"]], roles.point(each["point"])
            if not any(meets(point, o.hypotheses) and breaks(point, o.goals) for o in found):
                raise Rejected(f"{each['contract']}: the point breaks nothing")
