"""Which of the things that a claim assumes matter: each is dropped or loosened, by itself.

See docs/ledger.md. Every verdict here is a proof that the solver checked, or a replayed run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs
import z3

from checker.backends.solver import QueryBudget, constants
from checker.counterexamples.random_search import falsify
from checker.explain.nonvacuity import NonVacuity, nonvacuity_of
from checker.explain.relaxations import overseen, widened
from checker.portfolio.decision import decide_problem
from checker.system.problem import Problem, pose
from checker.system.replay import Run
from checker.system.verdict import Kind
from spec.errors import SpecError
from spec.nature import Choice
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.claim import Claim
from spec.trace import trace

Status = Literal["idle", "needed", "undecided"]
FACTORS = tuple(Fraction(2**power) for power in range(11))
HORIZON = 200
HALVINGS = 4
"""How often the factor is halved between two powers of two."""
ATTEMPTS = 5
"""Proofs attempted between 1 and the least factor that is refuted."""
POINTS = 4
"""Points tried at which an assumption alone is violated."""
WHOLE = "its whole domain"
"""The metric of a choice that cannot be loosened."""


@attrs.frozen
class Finding:
    """What became of the claim without one thing that it assumes.

    Args:
        kind: "bound", "coupling", "assumption" or "expert limit".
        what: its name.
        status: "idle" if the verdict stays without it, "needed" if it does not. What a bound
            allows in a refuted claim is dropped by making it as tight as it goes.
        proved: of a bound, the greatest factor at which the claim was proved.
        refuted: of a bound, the least factor at which it was refuted.
        point: of an assumption, the parameter values at which the claim was decided last.
        broken: what the refuting run breaks.
        note: why, where the above does not say; of the coupling, what stands in its place.
        verdict: of the coupling, the verdict on the claim then.
    """

    kind: str
    what: str
    status: Status
    proved: Fraction | None = None
    refuted: Fraction | None = None
    point: Mapping[str, Fraction] = attrs.field(factory=dict)
    broken: str = ""
    note: str = ""
    verdict: str = ""

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON, exact numbers as strings."""
        return {
            "kind": self.kind,
            "what": self.what,
            "status": self.status,
            "proved_at_factor": None if self.proved is None else str(self.proved),
            "refuted_at_factor": None if self.refuted is None else str(self.refuted),
            "point": {name: str(value) for name, value in self.point.items()},
            "broken": self.broken,
            "note": self.note,
            "verdict": self.verdict,
        }


@attrs.frozen
class Ablation:
    """The findings on a decided claim, or the reason there are none.

    ``substance`` says whether the claim is about anything.
    """

    findings: tuple[Finding, ...] = ()
    reason: str = ""
    nonvacuity: NonVacuity | None = None

    @property
    def breaking(self) -> tuple[Finding, ...]:
        """The bounds of which one alone, loosened, lets a proved claim be broken."""
        return tuple(
            f
            for f in self.findings
            if f.kind == "bound" and f.refuted is not None and f.refuted > 1
        )

    def to_json(self) -> dict[str, Any]:
        """The findings as plain JSON."""
        return {
            "reason": self.reason,
            "findings": [f.to_json() for f in self.findings],
            "substance": None if self.nonvacuity is None else self.nonvacuity.to_json(),
        }


@attrs.frozen
class _Case:
    claim: Claim
    overriding: Mapping[str, Fraction]
    problem: Problem
    proved: bool
    budget: QueryBudget


def ablate(
    claim: Claim,
    verdict: Kind,
    overriding: Mapping[str, Fraction] | None = None,
    budget: QueryBudget | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Ablation:
    """Drop or loosen each thing that a decided claim assumes.

    Args:
        claim: the claim.
        verdict: what was decided of it at these parameters.
        overriding: parameter values that replace the claim's own.
        budget: limits on the solving.
        tell: is told what is looked at.
    """
    if verdict not in ("proved", "refuted"):
        return Ablation(reason=f"the claim is {verdict}")
    problem = pose(claim, overriding)
    if not problem.agent.fields:
        return Ablation(reason="uninterpreted agents have no bounds to loosen")
    case = _Case(claim, overriding or {}, problem, verdict == "proved", budget or QueryBudget(5.0))
    findings: list[Finding] = []
    for kind in (_bounds, _coupling, _assumptions, _expert_limit):
        for finding in kind(case):
            tell(finding.what)
            findings.append(finding)
    return Ablation(tuple(findings), nonvacuity=nonvacuity_of(claim, problem))


def _decide(case: _Case, problem: Problem) -> tuple[str, object]:
    """A quick verdict; "unknown", and why, where a run of the problem means nothing."""
    try:
        return decide_problem(problem, case.budget)
    except SpecError as error:
        return "unknown", error.message.partition(";")[0]


def _break(problem: Problem) -> Run | None:
    """A replayed run that breaks a clause, if a quick search finds one."""
    try:
        found = falsify(problem, HORIZON, simple=False)
    except SpecError:
        return None
    return None if found is None else found[0]


def _bounds(case: _Case) -> Iterator[Finding]:
    for number, step in enumerate(case.problem.steps):
        for index, choice in enumerate(step.stage.choices):
            if choice.metric == WHOLE:  # cannot be loosened; the coupling says when it counts
                continue
            for end in ("high", "low") if _has_floor(choice) else ("high",):
                side = "at most" if end == "high" else "at least"
                yield _bound(case, number, index, end, f"{step.name}: {choice.name}, {side}")


def _has_floor(choice: Choice) -> bool:
    low = z3.simplify(choice.low)
    return not (z3.is_rational_value(low) and low.as_fraction() == 0)


def _bound(case: _Case, step: int, index: int, end: str, what: str) -> Finding:
    choice = case.problem.steps[step].stage.choices[index]
    width = z3.simplify(choice.high - choice.low)
    if z3.is_rational_value(width) and width.as_fraction() == 0:
        return Finding("bound", what, "idle", note="the two bounds are equal here")

    def at(factor: Fraction) -> Problem:
        return widened(case.problem, step, index, end, factor, case.budget)

    if case.proved:
        return _loosened(case, what, at)
    return _tightened(case, what, at)


def _loosened(case: _Case, what: str, at: Callable[[Fraction], Problem]) -> Finding:
    """A proved claim with a bound ever looser: more runs, so what is refuted stays refuted."""
    kind, shown = _decide(case, at(FACTORS[-1]))
    if kind == "proved":
        return Finding("bound", what, "idle", proved=FACTORS[-1])
    note = shown if isinstance(shown, str) else ""
    found: list[tuple[Fraction, Run]] = []
    if isinstance(shown, Run):
        found.append((FACTORS[-1], shown))
    else:  # what is no run at all when so loose may still break when less so
        runs = ((factor, _break(at(factor))) for factor in reversed(FACTORS[:-1]))
        found += [(factor, run) for factor, run in runs if run is not None][:1]
    if not found:
        proved = _proof_below(case, at, FACTORS[-2])
        return Finding("bound", what, "undecided", proved, note=note)
    refuted, run = found[0]
    ladder = [factor for factor in FACTORS if factor <= refuted]
    low, high = 0, len(ladder) - 1
    while high - low > 1:
        middle = (low + high) // 2
        again = _break(at(ladder[middle]))
        low, high, run = (middle, high, run) if again is None else (low, middle, again)
    clear, refuted = ladder[low], ladder[high]
    for _ in range(HALVINGS):
        factor = (clear + refuted) / 2
        again = _break(at(factor))
        clear, refuted, run = (factor, refuted, run) if again is None else (clear, factor, again)
    proved = _proof_below(case, at, clear)
    return Finding("bound", what, "needed", proved, refuted, broken=_broken(run))


def _proof_below(case: _Case, at: Callable[[Fraction], Problem], start: Fraction) -> Fraction:
    """A factor that is proved: the start, or one below it that a few halvings come upon.

    1 is proved, and of two factors the smaller allows less.
    """
    proved, beyond, factor = Fraction(1), start, start
    for _ in range(ATTEMPTS):
        if factor <= 1 or case.budget.exhausted:
            break
        if _decide(case, at(factor))[0] == "proved":
            proved = factor
            if factor == beyond:
                break
        else:
            beyond = factor
        factor = beyond / 16 if beyond > 16 * proved else (proved + beyond) / 2
    return proved


def _tightened(case: _Case, what: str, at: Callable[[Fraction], Problem]) -> Finding:
    """A refuted claim with a bound ever tighter: fewer runs, so what is proved stays proved."""
    kind, shown = _decide(case, at(Fraction(0)))
    if kind == "refuted":
        assert isinstance(shown, Run)
        return Finding("bound", what, "idle", refuted=Fraction(0), broken=_broken(shown))
    proved, refuted, broken = Fraction(0), Fraction(1), ""
    if kind == "unknown":
        note = shown if isinstance(shown, str) else ""
        for _ in range(HALVINGS):
            run = _break(at(refuted / 2))
            if run is None:
                break
            refuted, broken = refuted / 2, _broken(run)
        return Finding("bound", what, "undecided", None, refuted, broken=broken, note=note)
    for _ in range(HALVINGS):
        middle = (proved + refuted) / 2
        kind, shown = _decide(case, at(middle))
        if kind == "unknown":
            break
        if kind == "proved":
            proved = middle
        else:
            refuted, broken = middle, _broken(shown)
    return Finding("bound", what, "needed", proved, refuted, broken=broken)


def _coupling(case: _Case) -> Iterator[Finding]:
    """Oversight that never works must be borne by a proof that does not need it; a break that
    does not need its failure survives oversight that always works."""
    changed = overseen(case.problem, case.claim, case.overriding, always=not case.proved)
    if changed is None:
        return
    kind, shown = _decide(case, changed)
    status: Status = "undecided"
    if kind != "unknown":
        status = "idle" if (kind == "proved") == case.proved else "needed"
    note = "oversight never works" if case.proved else "oversight always works"
    broken = _broken(shown)
    yield Finding("coupling", "smart enough", status, broken=broken, note=note, verdict=kind)


def _assumptions(case: _Case) -> Iterator[Finding]:
    """Of a proved claim: a break at these parameters needs no more than that they are allowed."""
    if case.proved:
        for number, (name, _, _) in enumerate(case.problem.traced.assumptions):
            yield _assumption(case, number, name)


def _assumption(case: _Case, number: int, name: str) -> Finding:
    tried: dict[str, Fraction] = {}
    unknown = 0
    for point in list(_violating(case, number))[:POINTS]:
        tried = point
        try:
            posed = pose(case.claim, {**case.overriding, **point})
            kind, shown = decide_problem(posed, case.budget)
        except SpecError as error:
            note = f"means nothing there: {error.message.partition(';')[0]}"
            return Finding("assumption", name, "needed", point=point, note=note)
        if kind == "refuted":
            return Finding("assumption", name, "needed", point=point, broken=_broken(shown))
        unknown += kind == "unknown"
    if not tried:
        note = "no point found that violates this assumption alone"
        return Finding("assumption", name, "undecided", note=note)
    status: Status = "undecided" if unknown else "idle"
    return Finding("assumption", name, status, point=tried)


def _violating(case: _Case, number: int) -> Iterator[dict[str, Fraction]]:
    """Parameter points, one parameter changed, at which this assumption alone fails."""
    values = case.problem.traced.values
    general = trace(case.claim.scheme, values)
    read = constants(general.assumptions[number][2])
    for domain in parameter_domains(case.claim.scheme.parameters).values():
        if not domain.structural and str(general.parameters[domain.name]) not in read:
            continue
        for value in _others(domain, values[domain.name]):
            try:
                changed = trace(case.claim.scheme, {**values, domain.name: value}).at_values()
            except SpecError:
                continue
            failing = [z3.is_false(z3.simplify(c)) for _, _, c in changed.assumptions]
            if failing[number] and sum(failing) == 1:
                yield {domain.name: value}


def _others(domain: ParameterDomain, value: Fraction) -> list[Fraction]:
    if domain.structural:
        near = [value - 1, value + 1]
        return [other for other in near if domain.low <= other <= domain.high]
    ends = [domain.low, domain.high, (domain.low + value) / 2, (domain.high + value) / 2]
    return [other for other in dict.fromkeys(ends) if other != value]


def _expert_limit(case: _Case) -> Iterator[Finding]:
    """A limit on the expert is claimed, not assumed: without it a break may go."""
    if case.claim.expert_limit is None:
        return
    if case.proved:
        note = "claimed as well, so that dropping it leaves the proof"
        yield Finding("expert limit", "limit on the expert", "idle", note=note)
        return
    freed = pose(attrs.evolve(case.claim, expert_limit=None), case.overriding)
    kind, shown = _decide(case, freed)
    known: dict[str, Status] = {"proved": "needed", "refuted": "idle", "unknown": "undecided"}
    yield Finding("expert limit", "limit on the expert", known[kind], broken=_broken(shown))


def _broken(shown: object) -> str:
    return (shown.broken or "") if isinstance(shown, Run) else ""
