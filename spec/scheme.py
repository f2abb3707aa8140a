"""Training schemes: a seed agent and the typed steps that are applied to it, over and over."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, get_args, get_origin

import attrs

from spec.agents import Agent, Expert
from spec.errors import SpecError, describe, user_location
from spec.fields import Fields, fields_of, location_of_class
from spec.invariants import Invariant, Unvetted
from spec.nature import Nature
from spec.notebook import card, table
from spec.parameters import Parameters, parameter_domains
from spec.terms import Bool
from spec.untouched import BY_PYTHON

P = TypeVar("P", bound=Parameters)
A = TypeVar("A", bound=Agent[Any])
E = TypeVar("E", bound=Expert[Any])
F = TypeVar("F", bound=Callable[..., Any])


@attrs.frozen
class Carrier:
    """A kind of agent at one place of the loop, and the invariant its type says it carries."""

    name: str
    cls: type[Fields]
    carries: type[Invariant]


@attrs.frozen
class Stage:
    """One step of the loop, from one carrier to the next."""

    name: str
    function: Callable[..., Any]
    source: Carrier
    target: Carrier
    smart_enough: Callable[..., Bool] | None = None


_MAY_BE_REPLACED = BY_PYTHON | {"__init__", "__repr__"}
"""What a subclass of a scheme may have of its own, or Python gives it."""


class Process:
    """What every scheme is to the engines: a seed and a cycle of stages."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__.startswith("spec."):
            return
        inherited = {name for base in cls.__mro__[1:] for name in vars(base)}
        own = [n for n in vars(cls) if n in inherited and n not in _MAY_BE_REPLACED]
        if own:
            raise SpecError(
                f"{cls.__name__} replaces {own[0]}, by which a scheme is read; leave it as it is"
            )

    _loops = True
    """Whether its steps follow each other in a cycle."""

    def __init__(
        self,
        name: str,
        parameters: type[Parameters],
        seed: Callable[..., Fields],
        assumptions: Sequence[Callable[..., Bool]],
        about: str,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise SpecError(f"a scheme's name is a text, not {describe(name)}; put the name first")
        self.name = name
        if not (isinstance(parameters, type) and issubclass(parameters, Parameters)):
            raise SpecError(
                f'parameters={describe(parameters)} in "{name}" is no class of parameters; write '
                "`class Mine(Parameters): ...` and pass parameters=Mine"
            )
        self.parameters = parameters
        self.seed = self._function("seed", seed)
        if not isinstance(assumptions, list | tuple):
            raise SpecError(
                f'assumptions={describe(assumptions)} in "{name}" is no list; write '
                "assumptions=[...]"
            )
        self.assumptions = tuple(self._function("an assumption", given) for given in assumptions)
        self.about = " ".join(about.split())
        self.location = user_location()
        self.traced: dict[tuple[Any, ...], Any] = {}  # what spec.trace made of it, to read again

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of one iteration, in order, from the agent back to the agent."""
        raise NotImplementedError

    @property
    def agent(self) -> Carrier:
        """The agent at the start of an iteration."""
        return self.stages[0].source

    def _function(self, role: str, given: F) -> F:
        if not callable(given):
            raise SpecError(
                f'{role} of "{self.name}" is {describe(given)}, not a function; pass the function '
                "itself, without calling it"
            )
        return given

    def _type_arguments(self, base: type[Process], wanted: str) -> tuple[Any, ...]:
        """What stands in the brackets of ``base``, in which subclasses may have written it."""
        found = _arguments_of(getattr(self, "__orig_class__", type(self)), base)
        if not found or any(isinstance(argument, TypeVar) for argument in found):
            raise SpecError(
                f'"{self.name}" does not say what it carries; write {base.__name__}[{wanted}](...)',
                self.location,
            )
        if isinstance(found[0], type) and not issubclass(self.parameters, found[0]):
            raise SpecError(
                f'"{self.name}" has parameters={self.parameters.__name__} but '
                f"{found[0].__name__} in its brackets; write the same class in both",
                self.location,
            )
        return found

    def _carrier(self, name: str, annotation: Any) -> Carrier:
        cls = get_origin(annotation) or annotation
        base: type[Any] = Expert if name == "expert" else Agent
        # what stands in the brackets of Agent itself, wherever in its ancestry they were filled
        given_types = _arguments_of(annotation, base) if _is_a(cls, base) else ()
        carries = next((given for given in given_types if isinstance(given, type)), Unvetted)
        kinds: tuple[type[Any], type[Any]] = (base, Invariant)
        for given, kind in zip((cls, carries), kinds, strict=True):
            if not _is_a(given, kind):
                raise SpecError(
                    f'"{self.name}" has {getattr(given, "__name__", describe(given))} in '
                    "its brackets "
                    f"where its {name}'s {kind.__name__} belongs; write a subclass of "
                    f"{kind.__name__}",
                    self.location,
                )
        self._require_its_name(carries)
        return Carrier(name, cls, carries)

    def _require_its_name(self, carries: type[Invariant]) -> None:
        """That an invariant is what its module calls so, and not another class of that name."""
        module = sys.modules.get(carries.__module__)
        known = getattr(module, carries.__name__, carries)
        if known is not carries and _is_a(known, Invariant):
            raise SpecError(
                f'"{self.name}" carries a {carries.__name__}, and there is another class '
                f"{carries.__name__} at {location_of_class(known)}; give each a name of its own",
                self.location,
            )

    def _repr_html_(self) -> str:
        """What a notebook shows: the steps, and the parameters with their domains."""
        parts = []
        try:
            steps = [
                (stage.name, stage.function.__name__, stage.source.name, stage.target.name)
                for stage in (self.stages if self._loops else ())
            ]
        except SpecError as error:
            return card(type(self).__name__, self.name, str(error))
        if steps:
            parts.append(table("Steps, over and over", ("step", "function", "from", "to"), steps))
        knobs = [
            (each.name, each.default, f"{each.low} to {each.high}", each.doc)
            for each in parameter_domains(self.parameters).values()
        ]
        header = ("parameter", "default", "domain", "meaning")
        parts.append(table("Parameters", header, knobs))
        return card(type(self).__name__, self.name, self.about, parts)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _is_a(given: Any, kind: type[Any]) -> bool:
    return isinstance(given, type) and issubclass(given, kind)


def _arguments_of(made_as: Any, base: type[Any]) -> tuple[Any, ...]:
    """The type arguments of ``base`` in a class or an alias such as ``Mine[A, B]``."""
    cls, arguments = get_origin(made_as) or made_as, get_args(made_as)
    if cls is base:
        return arguments
    given = dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False))
    for parent in getattr(cls, "__orig_bases__", ()):
        if _is_a(get_origin(parent) or parent, base):
            free = getattr(parent, "__parameters__", ())
            filled = parent[tuple(given.get(p, p) for p in free)] if free else parent
            return _arguments_of(filled, base)
    return ()


class Scheme(Process, Generic[P, A, E]):
    """Iterated amplification: amplify the agent, distill the expert, repeat.

    Write ``Scheme[Params, Assistant[Trusted], Overseer[Trusted]](...)``: mypy then checks that the
    parts fit and carry what the brackets say, and the checker reads the invariant off them.

    Args:
        name: a short name, as typed on the command line.
        parameters: the class of the parameters every step receives.
        seed: the first agent; with ``nature`` as its second argument, any of the agents that
            nature may choose, so that a claim speaks of all of them.
        amplify: makes an expert out of the agent.
        distill: trains the next agent under the expert.
        smart_enough: whether the expert can oversee that student. Where it cannot, the student
            is arbitrary: nature replaces it by any agent in the domain.
        assumptions: conditions on the parameters, one function each; the docstring names it.
        about: one sentence for people.
    """

    def __init__(
        self,
        name: str,
        *,
        parameters: type[P],
        seed: Callable[[P], A] | Callable[[P, Nature], A],
        amplify: Callable[[A, P, Nature], E],
        distill: Callable[[E, P, Nature], A],
        smart_enough: Callable[[E, A, P], Bool] | None = None,
        assumptions: Sequence[Callable[[P], Bool]] = (),
        about: str = "",
    ) -> None:
        super().__init__(name, parameters, seed, assumptions, about)
        self.amplify = self._function("amplify", amplify)
        self.distill = self._function("distill", distill)
        self.smart_enough = smart_enough and self._function("smart_enough", smart_enough)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Amplify, then distill."""
        _, agent, expert = self._type_arguments(Scheme, "Parameters, Agent[I], Expert[I]")
        student, overseer = self._carrier("agent", agent), self._carrier("expert", expert)
        if bool(fields_of(student.cls)) != bool(fields_of(overseer.cls)):
            raise SpecError(
                f'"{self.name}" has {student.cls.__name__} and {overseer.cls.__name__} in its '
                "brackets, one with fields and one without; give both fields, or neither",
                self.location,
            )
        return (
            Stage("amplify", self.amplify, student, overseer),
            Stage("distill", self.distill, overseer, student, self.smart_enough),
        )


class Loop(Process, Generic[P, A]):
    """Any other training process: one step from agent to agent, repeated.

    For processes that are not, or not prima facie, amplification followed by distillation.
    """

    def __init__(
        self,
        name: str,
        *,
        parameters: type[P],
        seed: Callable[[P], A] | Callable[[P, Nature], A],
        step: Callable[[A, P, Nature], A],
        assumptions: Sequence[Callable[[P], Bool]] = (),
        about: str = "",
    ) -> None:
        super().__init__(name, parameters, seed, assumptions, about)
        self.step = self._function("step", step)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The one step."""
        _, agent = self._type_arguments(Loop, "Parameters, Agent[I]")
        carrier = self._carrier("agent", agent)
        return (Stage(getattr(self.step, "__name__", "step"), self.step, carrier, carrier),)
