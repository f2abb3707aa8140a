"""Transition systems from elsewhere: linear Horn clauses, and VMT-LIB, as claims in the language.

The relations of the clauses are the states that are reached at one place of a program each; each
clause begins a run, goes on with it, or says of which states a relation must not hold. Of several
relations the place is one more variable of the state, and an argument that a relation lacks is 0. A
VMT file names the next value of each variable, the first states, the steps and the property. z3
reads the terms; the annotations of VMT are read by PySMT. Sources: the CHC competition's format
(chc-comp.github.io/format), and the VMT-LIB 2 reference (vmt-lib.org).

Each clause is solved for the next state: a variable that an equation gives is replaced by what it
is equal to, and one that is left over is a choice of nature between the bounds that the clause has
for it; what remains is the guard. A step of the scheme takes one of the clauses, which nature
picks, and does nothing where its guard is false. That adds no state to those that are reached, and
loses none.

Fields need ranges. They are the ranges that the property has, outside of which it is broken anyway;
a field of which it has none gets ``WIDE``. So a proof is one of the system in any case, and a run
is one if it ends where the property is false, which is looked at again.
"""

from __future__ import annotations

import io
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import attrs
import z3

import spec
from benchmarks.question import Label, Nothing, Question
from checker import Options, decide
from spec import Agent, Bool, Claim, Count, Invariant, Loop, Nature, Real
from spec.statements.base import Answer as Decided

WIDE = 10**6
"""How far a field goes on either side for which the property has no bound."""
MOST_CLAUSES = 64


Answer = Literal["safe", "unsafe", "unknown"]


class NotRead(Exception):
    """A file is no system of the form above; the text says why."""


def require(fits: bool, otherwise: str) -> None:
    """Go on only if something fits.

    Raises:
        NotRead: with the reason, if it does not.
    """
    if not fits:
        raise NotRead(otherwise)


@attrs.frozen
class Free:
    """A variable of a clause that nature chooses, from ``low`` to ``high``; a truth value has no
    ends. Both may read the state and the choices before it."""

    symbol: z3.ExprRef
    low: z3.ExprRef | None
    high: z3.ExprRef | None


@attrs.frozen
class Move:
    """A clause: where its guard is true, the next state."""

    guard: z3.BoolRef
    made: tuple[z3.ExprRef, ...]
    free: tuple[Free, ...]


@attrs.frozen
class System:
    """A system over a state: how it begins, what may follow, and what must hold."""

    state: tuple[z3.ExprRef, ...]
    starts: tuple[Move, ...]
    moves: tuple[Move, ...]
    kept: z3.BoolRef


# --- reading -----------------------------------------------------------------------------------


def from_horn(text: str) -> System:
    """The system of linear Horn clauses.

    Raises:
        NotRead: for other clauses.
    """
    clauses = [_parts(clause) for clause in z3.parse_smt2_string(text)]
    places = _Places({str(atom.decl()): atom.decl() for c in clauses for atom in c.atoms})
    starts: list[Move] = []
    moves: list[Move] = []
    kept = places.known()
    for clause in clauses:
        require(len(clause.before) <= 1, "a clause reads two states; it is not linear")
        given = [*clause.conditions]
        for atom in clause.before:
            given += [one == other for one, other in places.held(atom)]
        if clause.after is None:
            require(bool(clause.before), "a clause says nothing of a relation")
            kept.append(_never(given, places.state))
        else:
            found = _moves(given, places.made(clause.after), places.state if clause.before else ())
            (moves if clause.before else starts).extend(found)
    require(bool(starts), "no clause begins a run")
    return System(places.state, tuple(starts), tuple(moves), z3.And(*kept))


class _Places:
    """Relations as the places of a program: their arguments share the variables of a state, one
    after the other of each sort, behind the number of the place if there are several."""

    def __init__(self, relations: Mapping[str, z3.FuncDeclRef]) -> None:
        require(bool(relations), "there is no relation")
        self._numbers = {name: z3.IntVal(number) for number, name in enumerate(relations)}
        self._slots = {name: _slots(relation) for name, relation in relations.items()}
        every = dict.fromkeys(slot for slots in self._slots.values() for slot in slots)
        self._variables = {slot: z3.Const(f"s{n}", slot[0]) for n, slot in enumerate(every)}
        self._place = (z3.Int("place"),) if len(relations) > 1 else ()
        self.state = (*self._place, *self._variables.values())

    def known(self) -> list[z3.BoolRef]:
        """That the place is one of these."""
        return [z3.And(place >= 0, place < len(self._numbers)) for place in self._place]

    def held(self, atom: z3.ExprRef) -> Iterator[tuple[z3.ExprRef, z3.ExprRef]]:
        """What is equal where a relation holds of a state."""
        name = str(atom.decl())
        yield from ((place, self._numbers[name]) for place in self._place)
        slots = (self._variables[slot] for slot in self._slots[name])
        yield from zip(slots, atom.children(), strict=True)

    def made(self, atom: z3.ExprRef) -> list[z3.ExprRef]:
        """The state at which a relation is said to hold."""
        given = {str(variable): value for variable, value in self.held(atom)}
        return [given.get(str(variable), _nothing(variable)) for variable in self.state]


def _slots(relation: z3.FuncDeclRef) -> list[tuple[z3.SortRef, int]]:
    """Of each argument its sort, and how many of that sort there are before it."""
    sorts = [relation.domain(number) for number in range(relation.arity())]
    return [(sort, sorts[:number].count(sort)) for number, sort in enumerate(sorts)]


def _nothing(variable: z3.ExprRef) -> z3.ExprRef:
    if z3.is_bool(variable):
        return z3.BoolVal(False)
    return z3.IntVal(0) if z3.is_int(variable) else z3.RealVal(0)


@attrs.frozen
class _Clause:
    before: list[z3.ExprRef]
    conditions: list[z3.BoolRef]
    after: z3.ExprRef | None

    @property
    def atoms(self) -> list[z3.ExprRef]:
        return [*self.before, *([] if self.after is None else [self.after])]


def _parts(clause: z3.BoolRef) -> _Clause:
    """A clause, its variables as constants."""
    body, refuted = clause, False
    while z3.is_quantifier(body) or z3.is_not(body):
        if z3.is_not(body):
            body, refuted = body.arg(0), not refuted
            continue
        require(body.is_forall() != refuted, "a quantifier is of the other kind")
        fresh = [z3.FreshConst(body.var_sort(number), "v") for number in range(body.num_vars())]
        body = z3.substitute_vars(body.body(), *reversed(fresh))
    head: z3.BoolRef = z3.BoolVal(False)
    if refuted:
        given = body
    elif z3.is_implies(body):
        given, head = body.children()
    else:
        given, head = z3.BoolVal(True), body
    whole = _flat(given)
    before = [part for part in whole if _is_atom(part)]
    conditions = [part for part in whole if not _is_atom(part)]
    if _is_atom(head):
        return _Clause(before, conditions, head)
    return _Clause(before, [*conditions, z3.Not(head)], None)


def _is_atom(term: z3.ExprRef) -> bool:
    declaration = term.decl()
    kind = declaration.kind()
    return bool(z3.is_bool(term) and kind == z3.Z3_OP_UNINTERPRETED and declaration.arity())


def from_vmt(text: str) -> System:
    """The system of a VMT file with one property of states.

    Raises:
        NotRead: for a file that has something else.
    """
    from pysmt.environment import Environment
    from pysmt.smtlib.parser import SmtLibParser

    environment = Environment()
    script = SmtLibParser(environment).get_script(io.StringIO(text))
    notes = script.annotations

    def annotated(name: str) -> list[Any]:
        return sorted(notes.all_annotated_formulae(name), key=str)

    pairs = [(each, next(iter(notes.annotations(each)["next"]))) for each in annotated("next")]
    require(bool(pairs), "no variable has a next value")
    declared = {
        symbol.symbol_name(): symbol for symbol in environment.formula_manager.get_all_symbols()
    }
    state = [_constant(symbol) for symbol, _ in pairs]
    after = [_constant(declared[name.strip("|")]) for _, name in pairs]
    for name in ("init", "trans", "invar-property"):
        require(len(annotated(name)) == 1, f"there is not one formula marked {name}")
    started, changed, kept = (
        _term(annotated(name)[0]) for name in ("init", "trans", "invar-property")
    )
    begun = z3.substitute(started, *zip(state, after, strict=True))
    return System(
        tuple(state),
        tuple(_moves([begun], after, ())),
        tuple(_moves([changed], after, tuple(state))),
        kept,
    )


def _constant(symbol: Any) -> z3.ExprRef:
    kind = symbol.symbol_type()
    sort = {"Real": z3.RealSort(), "Int": z3.IntSort(), "Bool": z3.BoolSort()}.get(str(kind))
    require(sort is not None, f"{symbol} is neither a number nor a truth value")
    return z3.Const(symbol.symbol_name(), sort)


def _term(formula: Any) -> z3.BoolRef:
    """A formula of PySMT as one of z3, which reads its text."""
    from pysmt.smtlib.printers import to_smtlib

    declared = "".join(
        f"(declare-const {to_smtlib(symbol)} {symbol.symbol_type()})\n"
        for symbol in sorted(formula.get_free_variables(), key=str)
    )
    (read,) = z3.parse_smt2_string(f"{declared}(assert {to_smtlib(formula)})")
    return read


# --- solving for the next state ----------------------------------------------------------------


def _flat(condition: z3.BoolRef) -> list[z3.BoolRef]:
    """The conjuncts of a condition."""
    if z3.is_and(condition):
        return [part for child in condition.children() for part in _flat(child)]
    if z3.is_not(condition) and z3.is_or(condition.arg(0)):
        return [part for c in condition.arg(0).children() for part in _flat(z3.Not(c))]
    if z3.is_not(condition) and z3.is_not(condition.arg(0)):
        return _flat(condition.arg(0).arg(0))
    return [] if z3.is_true(condition) else [condition]


def _cases(conditions: Sequence[z3.BoolRef]) -> list[list[z3.BoolRef]]:
    """The conditions with each disjunction split."""
    cases: list[list[z3.BoolRef]] = [[]]
    for condition in [part for each in conditions for part in _flat(each)]:
        ways = condition.children() if z3.is_or(condition) else [condition]
        split = [_cases([way]) if z3.is_or(condition) else [[way]] for way in ways]
        cases = [[*case, *more] for case in cases for each in split for more in each]
        require(len(cases) <= MOST_CLAUSES, "a clause has too many cases")
    return cases


def _moves(
    given: Sequence[z3.BoolRef], made: Sequence[z3.ExprRef], state: tuple[z3.ExprRef, ...]
) -> list[Move]:
    """A clause as moves, one for each case."""
    return [_move(case, list(made), state) for case in _cases(given)]


def _move(case: list[z3.BoolRef], made: list[z3.ExprRef], state: tuple[z3.ExprRef, ...]) -> Move:
    case, made = _solved(case, made, state)
    names = {str(each) for each in state}
    left = [s for s in _symbols([*case, *made]) if str(s) not in names]
    free: list[Free] = []
    for symbol in left:
        if z3.is_bool(symbol):
            free.append(Free(symbol, None, None))
            continue
        later = [str(other) for other in left[len(free) :]]
        low, high = _bounds(symbol, case, later)
        free.append(Free(symbol, low, high))
    return Move(z3.And(*case), tuple(made), tuple(free))


def _solved(
    case: list[z3.BoolRef], made: list[z3.ExprRef], state: tuple[z3.ExprRef, ...]
) -> tuple[list[z3.BoolRef], list[z3.ExprRef]]:
    """The same without the variables that an equation gives."""
    names = {str(each) for each in state}
    while True:
        found = next((pair for c in case if (pair := _given(c, names)) is not None), None)
        if found is None:
            return case, made
        symbol, term, equation = found
        rest = [c for c in case if not c.eq(equation)]
        case = [z3.substitute(c, (symbol, term)) for c in rest]
        made = [z3.substitute(m, (symbol, term)) for m in made]


def _given(
    condition: z3.BoolRef, names: set[str]
) -> tuple[z3.ExprRef, z3.ExprRef, z3.BoolRef] | None:
    """A variable that a condition gives, what it is equal to, and the condition."""
    if z3.is_eq(condition):
        one, other = condition.children()
        for symbol, term in ((one, other), (other, one)):
            if _is_variable(symbol, names) and str(symbol) not in map(str, _symbols([term])):
                return symbol, term, condition
    truth = z3.is_not(condition) and _is_variable(condition.arg(0), names)
    if truth or _is_variable(condition, names):
        symbol = condition.arg(0) if truth else condition
        return symbol, z3.BoolVal(not truth), condition
    return None


def _is_variable(term: z3.ExprRef, names: set[str]) -> bool:
    free = z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED
    return bool(free and str(term) not in names)


def _symbols(terms: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
    """The constants of terms, in the order of their first mention."""
    found: dict[str, z3.ExprRef] = {}
    for term in terms:
        for symbol in z3.z3util.get_vars(term):
            found.setdefault(str(symbol), symbol)
    return list(found.values())


def _bounds(
    symbol: z3.ExprRef, case: Sequence[z3.BoolRef], later: Sequence[str]
) -> tuple[z3.ExprRef, z3.ExprRef]:
    """The ends of a variable that a case has; more than one of a kind stay in the guard."""
    ends: dict[bool, list[z3.ExprRef]] = {True: [], False: []}
    for condition in case:
        turned = z3.is_not(condition)
        inner = condition.arg(0) if turned else condition
        if not (z3.is_le(inner) or z3.is_ge(inner) or z3.is_lt(inner) or z3.is_gt(inner)):
            continue
        below = (z3.is_le(inner) or z3.is_lt(inner)) != turned
        one, other = inner.children()
        for term, end, upper in ((one, other, below), (other, one, not below)):
            if term.eq(symbol) and not set(later) & set(map(str, _symbols([end]))):
                ends[upper].append(end)
    require(bool(ends[True] and ends[False]), f"{symbol} has no two bounds in its clause")
    return ends[False][0], ends[True][0]


def _never(given: Sequence[z3.BoolRef], state: tuple[z3.ExprRef, ...]) -> z3.BoolRef:
    """That a state is none of those of which the relation must not hold."""
    ways = [_solved(case, [], state)[0] for case in _cases(given)]
    names = {str(each) for each in state}
    for case in ways:
        left = [str(symbol) for symbol in _symbols(case) if str(symbol) not in names]
        require(not left, f"what must not be reached depends on {', '.join(left)}")
    return z3.Not(z3.Or(*[z3.And(*case) for case in ways]))


# --- as a claim --------------------------------------------------------------------------------


def _agents(system: System) -> Any:
    """The class of the states, its fields x0, x1, ... in their ranges."""

    def body(namespace: dict[str, Any]) -> None:
        for number, symbol in enumerate(system.state):
            namespace[f"x{number}"] = _field(symbol, system.kept)

    base: Any = Agent
    return types.new_class("State", (base[spec.I],), exec_body=body)


def _field(symbol: z3.ExprRef, kept: z3.BoolRef) -> Any:
    """The field of a variable, in the range that the property has for it."""
    if z3.is_bool(symbol):
        return spec.flag()
    low, high = -_most(-symbol, kept), _most(symbol, kept)
    return spec.whole(int(low), int(high)) if z3.is_int(symbol) else spec.between(low, high)


def claim_of(name: str, system: System, expected: Literal["proved", "refuted"]) -> Claim:
    """The claim that the property of a system is kept."""
    require(len(system.starts) == 1, "a run begins in one of several ways")
    require(_is_box(system.starts[0]), "the first states are no box")
    names = [f"x{number}" for number in range(len(system.state))]
    cls: Any = _agents(system)

    def put(agent: Any) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        terms = [getattr(agent, field).term for field in names]
        return list(zip(system.state, terms, strict=True))

    class Kept(Invariant):
        """The property of the system."""

        def holds(self, agent: Any) -> Bool:
            return Bool(z3.substitute(system.kept, *put(agent)))

    def seed(p: Nothing, nature: Nature) -> Any:
        return _taken(system.starts[0], [], nature, "start", cls, names)[1]

    def step(agent: Any, p: Nothing, nature: Nature) -> Any:
        made = agent
        picked = _picked(len(system.moves), nature)
        for number, move in enumerate(system.moves):
            guard, after = _taken(move, put(agent), nature, str(number), cls, names)
            made = spec.when(picked(number) & guard, after, made)
        return made

    start: Callable[..., Any] = seed
    if not system.starts[0].free:
        start = lambda p: _taken(system.starts[0], [], None, "start", cls, names)[1]  # noqa: E731
    loop = Loop[Nothing, cls[Kept]](name, parameters=Nothing, seed=start, step=step)
    return Claim(name, loop, Kept(), expected=expected)


def _is_box(start: Move) -> bool:
    """Whether the first states are those that the bounds of the choices leave."""
    bounds = [
        condition
        for free in start.free
        if free.low is not None and free.high is not None
        for condition in (free.low <= free.symbol, free.symbol <= free.high)
    ]
    ordered = [f.low <= f.high for f in start.free if f.low is not None and f.high is not None]
    return _follows(bounds, start.guard) and _follows(bounds[:-2], z3.And(*ordered))


def _picked(count: int, nature: Nature) -> Callable[[int], Bool]:
    """Which clause nature takes."""
    if count == 1:
        return lambda number: Bool(True)
    pick = nature.choose("clause", at_most=count - 1)
    return lambda number: Bool(z3.And(pick.term <= number, pick.term > number - 1))


def _taken(
    move: Move, pairs: Sequence[Any], nature: Any, name: str, cls: Any, names: Sequence[str]
) -> tuple[Bool, Any]:
    """The guard of a move and what it makes, in an agent's terms and nature's choices."""
    pairs, bounds = list(pairs), []
    for number, free in enumerate(move.free):
        said = f"{name}.{number}"
        if free.low is None or free.high is None:
            pairs.append((free.symbol, nature.whether(said).term))
            continue
        require(z3.is_real(free.symbol), f"nature would choose the whole number {free.symbol}")
        low, high = (Real(z3.substitute(end, *pairs)) for end in (free.low, free.high))
        top = spec.maximum(low, high)
        pairs.append((free.symbol, nature.choose(said, at_least=low, at_most=top).term))
        bounds += [low.term <= pairs[-1][1], pairs[-1][1] <= top.term]
    made = [z3.substitute(term, *pairs) if pairs else term for term in move.made]
    wraps = {"Real": Real, "Int": Count, "Bool": Bool}
    values = [wraps[str(term.sort())](term) for term in made]
    guard = z3.substitute(move.guard, *pairs) if pairs else move.guard
    left = [part for part in _flat(guard) if not _follows(bounds, part)]
    return Bool(z3.And(*left)), cls(**dict(zip(names, values, strict=True)))


def _follows(given: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(*given, z3.Not(conclusion))
    return bool(solver.check() == z3.unsat)


def _most(term: z3.ArithRef, kept: z3.BoolRef) -> Fraction:
    """The least number that is proved to be an upper bound, rounded down to a whole one of a whole
    number."""
    solver = z3.Optimize()
    solver.add(kept)
    goal = solver.maximize(term)
    if solver.check() == z3.sat:
        infinite, value, _ = solver.upper_values(goal)
        if infinite.as_string() == "0":
            beyond = z3.Solver()
            beyond.add(kept, term > value)
            if beyond.check() == z3.unsat:
                return Fraction(value.as_string())
    return Fraction(WIDE)


def decided(system: System, options: Options | None = None) -> Answer:
    """Whether the property of a system is kept, by the engines."""
    if _breaks_at_once(system):
        return "unsafe"
    verdict = decide(claim_of("imported", system, "proved"), options=options or Options())
    if verdict.answer is Decided.PROVED:
        return "safe"
    run = verdict.run
    if run is None:
        return "unknown"
    last = run.steps[-1].after if run.steps else run.seed
    if any(value.low != value.high for value in last.values()):
        return "unknown"
    pairs = [
        (symbol, _value(symbol, last[f"x{number}"].low))
        for number, symbol in enumerate(system.state)
    ]
    return "unsafe" if z3.is_false(z3.simplify(z3.substitute(system.kept, *pairs))) else "unknown"


def _breaks_at_once(system: System) -> bool:
    """Whether a first state breaks the property."""
    solver = z3.Solver()
    for start in system.starts:
        kept = z3.substitute(system.kept, *zip(system.state, start.made, strict=True))
        if solver.check(start.guard, z3.Not(kept)) == z3.sat:
            return True
    return False


def _value(symbol: z3.ExprRef, value: Fraction) -> z3.ExprRef:
    if z3.is_bool(symbol):
        return z3.BoolVal(value == 1)
    return z3.IntVal(int(value)) if z3.is_int(symbol) else z3.RealVal(str(value))


# --- the systems beside this file ---------------------------------------------------------------


def read(file: Path) -> System:
    """The system of a file: VMT by its name, else Horn clauses."""
    text = file.read_text("utf-8")
    return from_vmt(text) if file.suffix == ".vmt" else from_horn(text)


def told_in(file: Path) -> dict[str, str]:
    """What the comments at the top of a file say: its source, the answer, and why."""
    lines = [line[2:] for line in file.read_text("utf-8").splitlines() if line.startswith("; ")]
    return dict(line.split(": ", 1) for line in lines)


def reason(file: Path) -> Callable[[], int | None]:
    """The check of a label: that a set is inductive, or a run of so many steps; by z3 alone."""
    told = told_in(file)

    def theory() -> int | None:
        system = read(file)
        if "steps" in told:
            assert _reaches(system, int(told["steps"])), "no such run"
            assert not _reaches(system, int(told["steps"]) - 1), "a shorter run"
            return int(told["steps"])
        declared = "".join(f"(declare-const {s} {s.sort()})" for s in system.state)
        (held,) = z3.parse_smt2_string(f"{declared}(assert {told['invariant']})")
        for given, moves in (([], system.starts), ([held], system.moves)):
            for move in moves:
                after = z3.substitute(held, *zip(system.state, move.made, strict=True))
                assert _follows([*given, move.guard], after), "not inductive"
        assert _follows([held], system.kept), "not within the property"
        return None

    return theory


def _reaches(system: System, steps: int) -> bool:
    """Whether a run of so many steps, or fewer, breaks the property."""
    solver, state = z3.Solver(), list(system.state)

    def renamed(term: z3.ExprRef, move: Move, at: int) -> z3.ExprRef:
        fresh = [(f.symbol, z3.Const(f"{f.symbol}@{at}", f.symbol.sort())) for f in move.free]
        now = [(s, z3.Const(f"{s}@{at - 1}", s.sort())) for s in state]
        return z3.substitute(term, *fresh, *now)

    def follows(moves: Sequence[Move], at: int) -> z3.BoolRef:
        ways = []
        for move in moves:
            equal = [
                z3.Const(f"{s}@{at}", s.sort()) == renamed(m, move, at)
                for s, m in zip(state, move.made, strict=True)
            ]
            ways.append(z3.And(renamed(move.guard, move, at), *equal))
        return z3.Or(*ways)

    solver.add(follows(system.starts, 0))
    solver.add(*[follows(system.moves, at) for at in range(1, steps + 1)])
    broken = [
        z3.substitute(z3.Not(system.kept), *[(s, z3.Const(f"{s}@{at}", s.sort())) for s in state])
        for at in range(steps + 1)
    ]
    solver.add(z3.Or(*broken))
    return bool(solver.check() == z3.sat)


def _question(file: Path) -> Question:
    told = told_in(file)
    label: Label = "safe" if told["answer"] == "safe" else "unsafe"
    name = f"{file.stem.replace('_', ' ')}, imported"
    claim = claim_of(name, read(file), "proved" if label == "safe" else "refuted")
    return Question(name, "imported", claim, label, told["source"], reason(file))


FILES = tuple(sorted(Path(__file__).with_name("systems").iterdir()))
QUESTIONS = tuple(_question(file) for file in FILES)
