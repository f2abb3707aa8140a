"""Training schemes: a seed agent and the typed steps that are applied to it, over and over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, get_args, get_origin

import attrs

from spec.agents import Agent, Expert
from spec.errors import SpecError, user_place
from spec.fields import Fields
from spec.invariants import Invariant, Unvetted
from spec.nature import Nature
from spec.parameters import Parameters
from spec.terms import Bool

P = TypeVar("P", bound=Parameters)
A = TypeVar("A", bound=Agent[Any])
E = TypeVar("E", bound=Expert[Any])


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


class Process:
    """What every scheme is to the engines: a seed and a cycle of stages."""

    def __init__(
        self,
        name: str,
        parameters: type[Parameters],
        seed: Callable[..., Fields],
        assumptions: Sequence[Callable[..., Bool]],
        about: str,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.seed = seed
        self.assumptions = tuple(assumptions)
        self.about = " ".join(about.split())
        self.place = user_place()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of one iteration, in order, from the agent back to the agent."""
        raise NotImplementedError

    @property
    def agent(self) -> Carrier:
        """The agent at the start of an iteration."""
        return self.stages[0].source

    def _type_arguments(self, wanted: str) -> tuple[Any, ...]:
        made_as = getattr(self, "__orig_class__", None)
        if made_as is None:
            raise SpecError(
                f'"{self.name}" does not say what it carries; write '
                f"{type(self).__name__}[{wanted}](...)",
                self.place,
            )
        return get_args(made_as)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _carrier(name: str, annotation: Any) -> Carrier:
    cls = get_origin(annotation) or annotation
    arguments = get_args(annotation)
    carries = arguments[0] if arguments and isinstance(arguments[0], type) else Unvetted
    return Carrier(name, cls, carries)


class Scheme(Process, Generic[P, A, E]):
    """Iterated amplification: amplify the agent, distill the expert, repeat.

    Write ``Scheme[Params, Assistant[Trusted], Overseer[Trusted]](...)``: mypy then checks that the
    parts fit and carry what the brackets say, and the checker reads the invariant off them.

    Args:
        name: a short name, as typed on the command line.
        parameters: the class of the parameters every step receives.
        seed: the first agent.
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
        seed: Callable[[P], A],
        amplify: Callable[[A, P, Nature], E],
        distill: Callable[[E, P, Nature], A],
        smart_enough: Callable[[E, A, P], Bool] | None = None,
        assumptions: Sequence[Callable[[P], Bool]] = (),
        about: str = "",
    ) -> None:
        super().__init__(name, parameters, seed, assumptions, about)
        self.amplify = amplify
        self.distill = distill
        self.smart_enough = smart_enough

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Amplify, then distill."""
        _, agent, expert = self._type_arguments("Parameters, Agent[I], Expert[I]")
        student, overseer = _carrier("agent", agent), _carrier("expert", expert)
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
        seed: Callable[[P], A],
        step: Callable[[A, P, Nature], A],
        assumptions: Sequence[Callable[[P], Bool]] = (),
        about: str = "",
    ) -> None:
        super().__init__(name, parameters, seed, assumptions, about)
        self.step = step

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The one step."""
        _, agent = self._type_arguments("Parameters, Agent[I]")
        carrier = _carrier("agent", agent)
        return (Stage(getattr(self.step, "__name__", "step"), self.step, carrier, carrier),)
