"""Two loops whose sets are round: a rotation and a controller.

No box and no polyhedron is kept by a turn that does not shrink; a disc is. The controller is
stable, so that an ellipsoid is kept (Lyapunov).
"""

from __future__ import annotations

from typing import Any

from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
    parameter,
)


class Plane(Agent[I]):
    x: Real = between(-4, 4)
    y: Real = between(-4, 4)


class Within(Invariant):
    """x stays within a distance of 0."""

    size: Real = budget(0, 4, "|x|", limit=1)

    def holds(self, at: Plane[Any]) -> Bool:
        return all_of(at.x <= self.size, -at.x <= self.size)


class Nothing(Parameters):
    """No parameters."""


def at_one(p: Nothing) -> Plane[Within]:
    return Plane(x=Real(1), y=Real(0))


def turn(at: Plane[I], p: Nothing, nature: Nature) -> Plane[I]:
    """A turn by an angle that is no part of a whole one: the points lie dense on a circle."""
    return Plane(x="3/5" * at.x - "4/5" * at.y, y="4/5" * at.x + "3/5" * at.y)


rotation = Loop[Nothing, Plane[Within]]("rotation", parameters=Nothing, seed=at_one, step=turn)


class Plant(Agent[I]):
    first: Real = between(-200, 200)
    second: Real = between(-200, 200)
    integral: Real = between(-200, 200)


class Follows(Invariant):
    """What the controller measures stays within a distance of 0."""

    size: Real = budget(0, 200, "distance", limit=3)

    def holds(self, plant: Plant[Any]) -> Bool:
        measured = plant.first + "1/2" * plant.second
        return all_of(measured <= self.size, -measured <= self.size)


class Noise(Parameters):
    noise: Real = parameter("1/10", 0, 1, "bound on the error of a measurement")


def at_rest(p: Noise) -> Plant[Follows]:
    return Plant(first=Real(1), second=Real(-1), integral=Real(0))


def control(plant: Plant[I], p: Noise, nature: Nature) -> Plant[I]:
    """Proportional and integral control of a plant of second order, measured with noise."""
    measured = plant.first + "1/2" * plant.second
    error = 1 - measured - nature.choose("error", at_least=-p.noise, at_most=p.noise)
    integral = plant.integral + "1/10" * error
    drive = 10 * error + "1/2" * integral
    return Plant(
        first="0.999" * plant.first + "0.003002" * plant.second + "0.01003" * drive,
        second="0.002001" * plant.first + "1.002" * plant.second + "0.02003" * drive,
        integral=integral,
    )


controller = Loop[Noise, Plant[Follows]]("controller", parameters=Noise, seed=at_rest, step=control)


in_a_disc = Claim("in-a-disc", rotation, Within())
stable = Claim("stable", controller, Follows())
