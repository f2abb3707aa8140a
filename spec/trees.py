"""Processes over trees: what is put together at every node from what its children give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic

import attrs

from spec.errors import SpecError, describe
from spec.fields import Fields, fields_of
from spec.nature import Nature
from spec.parameters import parameter_domains
from spec.scheme import A, Carrier, P, Process, Stage
from spec.terms import Bool

MOST_CHILDREN = 6
"""Children that one node may have."""


@attrs.frozen
class _Leaf:
    """A leaf's function as a step from no children."""

    func: Callable[..., Fields]

    def __call__(self, children: object, p: Any, nature: Nature) -> Fields:
        return self.func(p, nature)


class Fold(Process, Generic[P, A]):
    """A fold over all finite trees: an agent stands at every node, made from those below it.

    A ``Claim`` of a fold says that its invariant holds at every node of every finite tree whose
    inner nodes have one of the allowed numbers of children, whatever nature chooses at each.

    Args:
        name: a short name, as typed on the command line.
        parameters: the class of the parameters that every node receives.
        leaf: makes the agent at a leaf.
        node: makes the agent at an inner node from its children's, in order.
        arities: the numbers of children that an inner node may have, or the name of the structural
            parameter that is this number.
        assumptions: conditions on the parameters, one function each; the docstring names it.
        about: one sentence for people.
    """

    _loops = False

    def __init__(
        self,
        name: str,
        *,
        parameters: type[P],
        leaf: Callable[[P, Nature], A],
        node: Callable[[tuple[A, ...], P, Nature], A],
        arities: Sequence[int] | str,
        assumptions: Sequence[Callable[[P], Bool]] = (),
        about: str = "",
    ) -> None:
        super().__init__(name, parameters, leaf, assumptions, about)
        self.leaf = self._function("leaf", leaf)
        self.node = self._function("node", node)
        self._arities = arities
        free_parameters = parameter_domains(parameters)
        named = (
            isinstance(arities, str)
            and arities in free_parameters
            and free_parameters[arities].structural
        )
        listed = isinstance(arities, tuple | list) and all(
            type(k) is int and 1 <= k <= MOST_CHILDREN for k in arities
        )
        if not arities or not (named or listed):
            raise SpecError(
                f'arities={describe(arities)} of "{name}" is neither numbers from 1 to '
                f"{MOST_CHILDREN} "
                "nor a structural parameter; write arities=(2,)"
            )

    @property
    def agent(self) -> Carrier:
        """The agent at a node."""
        _, agent = self._type_arguments(Fold, "Parameters, Agent[I]")
        carrier = self._carrier("agent", agent)
        if not fields_of(carrier.cls):
            raise SpecError(
                f'"{self.name}" folds {carrier.cls.__name__}, which has no fields; give it some',
                self.location,
            )
        return carrier

    @property
    def stages(self) -> tuple[Stage, ...]:
        """None: a fold has no iterations.

        Raises:
            SpecError: always, for whatever wants a loop.
        """
        raise SpecError(
            f'"{self.name}" is a fold over trees and has no iterations; claim an invariant of it '
            "with Claim(...) and use `alignspec check` or `explain`",
            self.location,
        )

    @property
    def leaf_stage(self) -> tuple[str, Callable[..., Fields]]:
        """The leaf's name and its function, as a step from no children."""
        return "leaf", _Leaf(self.leaf)

    def arities(self, values: Any) -> tuple[int, ...]:
        """The numbers of children that an inner node may have at these parameter values.

        Raises:
            SpecError: when the parameter that says so is out of range.
        """
        if not isinstance(self._arities, str):
            return tuple(sorted(set(self._arities)))
        arity = int(values[self._arities])
        if not 1 <= arity <= MOST_CHILDREN:
            raise SpecError(
                f"{self._arities} = {arity} children; a node has from 1 to {MOST_CHILDREN}",
                self.location,
            )
        return (arity,)
