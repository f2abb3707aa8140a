"""What must exist for a scheme to be an instance: two agents that amplification tells apart, a
student that is overseen, and one that is far from the first expert, with a field that distance 0
says something of. Points show that; that there is none is an obligation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cvc5 import Term

from recheck.errors import Rejected
from recheck.obligations import Obligation
from recheck.parts.orders import at_most, below, real
from recheck.parts.roles import Roles
from recheck.parts.uses import Point, Use, breaks, meets
from recheck.terms import FALSE, MANAGER, defined, substitute

APART, OVERSEEN, OUTSIDE = "told apart", "overseen", "outside"


def there(roles: Roles, points: Mapping[str, Point]) -> Iterator[Obligation]:
    """What shows, beside the points, that all exists that must.

    Raises:
        Rejected: where a point does not show it.
    """
    wanted = {APART: _both(roles), OVERSEEN: _overseen(roles), OUTSIDE: _outside(roles)}
    for name, known in wanted.items():
        if not meets(points[name], roles.at_own(known)):
            raise Rejected(f"{name}: the point does not show it")
    free = _other(roles).at({c: roles.others[c] for c in roles.amplify.chosen})
    again = [*free.bounds, *free.sound, *_shows_the_same(roles, free)]
    at = {symbol: value for symbol, value in points[APART].items() if symbol not in free.chosen}
    found = substitute(roles.at_own(again), at)
    yield Obligation("no choices make up for the other agent", found, [FALSE])


def missing(roles: Roles, name: str) -> Obligation:
    """That something does not exist."""
    if name == APART:
        other = _other(roles)
        goals = [*other.bounds, *_shows_the_same(roles, other)]
        return Obligation(
            "no agents are told apart", roles.at_own(_both(roles)), roles.at_own(goals)
        )
    known = {OVERSEEN: _overseen, OUTSIDE: _outside}[name](roles)
    return Obligation(f"no student is {name}", roles.at_own(known), [FALSE])


def tied(roles: Roles, field: str, kind: str) -> Obligation:
    """What distance 0 from the first expert says of an answer of the student.

    Raises:
        Rejected: where the field is no answer, or nothing can be said so.
    """
    goal = _ties(roles).get(field, {}).get(kind)
    if goal is None:
        raise Rejected(f"{field} is no answer, or cannot be tied so")
    known = [*_student_of_first(roles), at_most(roles.gap, MANAGER.mkReal(0))]
    return Obligation(f"{field} is tied", *_of_first(roles, known, [goal]))


def require_loose(roles: Roles, points: Sequence[Point]) -> None:
    """That distance 0 says nothing of any answer: each thing that it could say is false somewhere.

    Raises:
        Rejected: where the points do not show it.
    """
    for field, kinds in _ties(roles).items():
        for kind in kinds:
            known, goals = tied(roles, field, kind)[1:]
            if not any(meets(point, known) and breaks(point, goals) for point in points):
                raise Rejected(f"{field}: no point shows that it is loose")


# --- agents ---------------------------------------------------------------------------------------


def _other(roles: Roles) -> Use:
    """Amplification of another agent of the same rank and cost, under the same choices."""
    answers = [name for name in roles.agent if name not in (roles.rank, roles.cost)]
    return roles.again(roles.amplify, answers or [roles.rank])


def _both(roles: Roles) -> list[Term]:
    """Two agents of one rank and cost, of which both can be amplified under the first's choices."""
    other = _other(roles)
    return [*roles.given, *roles.amplify.known, *other.domain, *other.sound]


def _shows_the_same(roles: Roles, other: Use) -> list[Term]:
    """That the second agent's expert shows what the first agent's does."""
    one, two = (roles.of_expert(use.gives, roles.shows) for use in (roles.amplify, other))
    return [first.eqTerm(second) for first, second in zip(one, two, strict=True)]


# --- students -------------------------------------------------------------------------------------


def _overseen(roles: Roles) -> list[Term]:
    """An expert with a student that is overseen."""
    return [*roles.given, *roles.distill.known]


def _outside(roles: Roles) -> list[Term]:
    """A student that is further than eps from the first expert."""
    known = [*_student_of_first(roles), below(roles.eps, roles.gap)]
    return list(_of_first(roles, known, [])[0])


def _student_of_first(roles: Roles) -> list[Term]:
    """A student in its domain, of which the distance from an expert is defined."""
    return [*roles.amplify.domain, *defined([roles.gap, roles.eps])]


def _of_first(
    roles: Roles, known: Sequence[Term], goals: Sequence[Term]
) -> tuple[Sequence[Term], Sequence[Term]]:
    """The same of the first expert, the seed amplified, at the parameters' own values."""
    first = roles.amplify.at({s: roles.seed[name] for name, s in roles.agent.items()})
    sound = [*roles.given, *first.bounds, *first.sound]
    found = [*sound, *roles.of_expert(first.gives, known)]
    return roles.at_own(found), roles.at_own(roles.of_expert(first.gives, goals))


def _ties(roles: Roles) -> dict[str, dict[str, Term]]:
    """By answer of the student, what distance 0 may say of it: it is the expert's, at most that, or
    not at an end of its domain."""
    found: dict[str, dict[str, Term]] = {}
    for name, student in roles.agent.items():
        if name not in (roles.rank, roles.cost):
            ends = zip(("low", "high"), roles.ends[name], strict=True)
            found[name] = {
                kind: real(student).eqTerm(end).notTerm() for kind, end in ends if end is not None
            }
            if name in roles.expert:
                expert = roles.expert[name]
                found[name] |= {"=": student.eqTerm(expert), "<=": at_most(student, expert)}
    return found
