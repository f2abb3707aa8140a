"""Claims about uninterpreted agents as parts of a file of evidence: the relations, and a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3

from checker.invariants.uninterpreted import FiniteModel, Member, premises
from checker.system.obligations import Duty
from checker.system.problem import Problem, Step, pose
from spec.invariants import conjuncts
from spec.statements.claim import Claim


def relations_section(claim: Claim) -> dict[str, Any] | None:
    """The relations of a scheme, by name; None where what is claimed or what a step does is more
    than one relation, or where one name stands for two."""
    problem = pose(claim, {})
    claimed = {}
    for position in problem.traced.positions:
        found = conjuncts(position.carrier.carries(), position.record)
        terms = [condition.term for _, condition in found]
        claimed[position.name] = _name(terms, position.symbols)
    steps = [_step_section(step) for step in problem.steps]
    names = [*claimed.values(), *(step["relation"] for step in steps)]
    names += [step["overseen"] for step in steps if step["overseen"] != ""]
    if None in names or len({*names}) < len(names):
        return None
    return {
        "claim": claimed,
        "steps": [{**step, "overseen": step["overseen"] or None} for step in steps],
        "dropped": _dropped(problem, claim.dropping),
    }


def _step_section(step: Step) -> dict[str, Any]:
    """A step with its relations; the one that says what is overseen is "" where nothing is."""
    stage, between = step.stage, [*step.source.symbols, *step.stage.unknowns]
    made = [output for output in stage.outputs if not any(u.eq(output) for u in stage.unknowns)]
    overseen = "" if stage.oversight_holds is None else _name([stage.oversight_holds], between)
    return {
        "name": stage.name,
        "source": step.source.name,
        "target": step.target.name,
        "relation": None if made or stage.choices else _name([stage.bounds], between),
        "overseen": overseen,
    }


def _name(conditions: Sequence[z3.BoolRef], members: Sequence[z3.ExprRef]) -> str | None:
    """The name of the one relation that is said to be between some members, in this order."""
    if len(conditions) != 1 or conditions[0].decl().kind() != z3.Z3_OP_UNINTERPRETED:
        return None
    found = conditions[0].children()
    same = len(found) == len(members) and all(map(z3.eq, found, members))
    return str(conditions[0].decl().name()) if same else None


def _dropped(problem: Problem, dropping: str) -> list[str]:
    """Which premise is left out."""
    for each in premises(problem) if dropping else ():
        if each.premise == dropping:
            told = {Duty.SEED: ["start"], Duty.OVERSIGHT: ["oversight"]}
            return told.get(each.label.duty, ["step", each.label.step])
    return []


def model_section(model: FiniteModel) -> dict[str, Any]:
    """A counter-model: the members of its run, and what holds of them."""
    facts = [
        [relation.name, *map(_member, (member, relation.other) if relation.other else (member,))]
        for member, relations in model.relations.items()
        for relation in relations
        if relation.holds
    ]
    return {"run": [_member(member) for member in model.run], "facts": sorted(facts)}


def _member(member: Member) -> str:
    return f"{member.cls} {member.number}"
