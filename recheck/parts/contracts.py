"""The contracts of an instance that are about all agents or all experts, as obligations; each is
stated in docs/reference/instances.md. One point breaks such a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cvc5 import Kind, Term

from recheck.obligations import Obligation
from recheck.parts.orders import at_most, below, real
from recheck.parts.roles import Roles
from recheck.terms import MANAGER, defined, every

Following = Iterator[tuple[Sequence[Term], Sequence[Term]]]
"""What is known, and what must follow, time after time."""
NOTHING, ONE = MANAGER.mkReal(0), MANAGER.mkReal(1)


def universal(roles: Roles) -> dict[str, list[Obligation]]:
    """By contract, what must follow for all values of the parameters and all choices of nature."""
    return {
        name: [
            Obligation(f"{name}: {number}", [*roles.given, *known], goals)
            for number, (known, goals) in enumerate(way(roles), start=1)
            if goals
        ]
        for name, way in CONTRACTS.items()
    }


def _program(roles: Roles) -> Following:
    """The agent's cost is the price of so many calls, and nothing else reads it."""
    amplify, cost, again = roles.amplify, roles.cost, roles.again(roles.amplify, [roles.cost])
    known = [*amplify.known, *again.domain, *again.sound]
    before, after = amplify.takes[cost], again.takes[cost]
    calls = MANAGER.mkTerm(Kind.MULT, roles.calls, _minus(before, after))
    yield [], [at_most(ONE, roles.calls)]
    yield known, again.bounds
    for name, term in amplify.gives.items():
        if name == cost:
            yield known, [_minus(term, again.gives[name]).eqTerm(calls)]
        else:
            yield known, [term.eqTerm(again.gives[name])]
    price = MANAGER.mkTerm(Kind.MULT, roles.calls, real(before))
    yield amplify.known, [at_most(price, amplify.gives[cost])]


def _raises(roles: Roles) -> Following:
    """The expert's rank is above the agent's, or at the top if the agent's is."""
    yield roles.amplify.known, [_raised(roles)]


def _raised(roles: Roles) -> Term:
    before, after = (fields[roles.rank] for fields in (roles.amplify.takes, roles.amplify.gives))
    top = roles.ends[roles.rank][1]
    if top is None:
        return below(before, after)
    return every([at_most(before, after), below(before, top).impTerm(below(before, after))])


def _improves(roles: Roles) -> Following:
    """Some agents are to be improved at the parameters' own values; all those are, and no other is
    spoiled."""
    yield [], roles.at_own([*defined([roles.some]), roles.some])
    divides = defined([roles.some, roles.improves, roles.less, roles.spares])
    known = [*roles.amplify.known, *divides, roles.some]
    yield [*known, roles.improves], [every([_raised(roles), roles.less])]
    yield known, [roles.spares]


def _costs(roles: Roles) -> Following:
    """The expert's answer costs more than the agent's, if that costs anything."""
    before, after = (fields[roles.cost] for fields in (roles.amplify.takes, roles.amplify.gives))
    yield roles.amplify.known, [below(NOTHING, before).impTerm(below(before, after))]


def _sees(roles: Roles) -> Following:
    """Experts that show the same make the same students, and a dearer one allows no less."""
    distill = roles.distill
    again = roles.again(distill, distill.takes)
    shown = zip(roles.shows, roles.of_expert(again.takes, roles.shows), strict=True)
    same = [one.eqTerm(two) for one, two in shown]
    dearer = at_most(distill.takes[roles.cost], again.takes[roles.cost])
    known = [*distill.known, *again.domain, *again.sound, *same, dearer]
    yield known, again.bounds
    for name, term in distill.gives.items():
        yield known, [term.eqTerm(again.gives[name])]


def _returns(roles: Roles) -> Following:
    """A student costs no more than the seed."""
    yield roles.distill.known, [at_most(roles.distill.gives[roles.cost], roles.seed[roles.cost])]


def _lands(roles: Roles) -> Following:
    """A student is within eps of its expert."""
    near = roles.of_student(roles.distill.gives, [at_most(roles.gap, roles.eps)])
    yield [*roles.distill.known, *defined(near)], near


def _minus(first: Term, second: Term) -> Term:
    return MANAGER.mkTerm(Kind.SUB, real(first), real(second))


CONTRACTS: Mapping[str, Callable[[Roles], Following]] = {
    "program": _program,
    "raises": _raises,
    "improves": _improves,
    "costs": _costs,
    "sees": _sees,
    "returns": _returns,
    "lands": _lands,
}
