"""How the errors of imitation add up along one episode.

One iteration is one step of the episode. A student trained on the expert's states is on its own
once it has left them: from there on it may lose one unit of reward at every step. A student trained
on its own states errs as often as elsewhere wherever it is, and each error costs no more than the
expert would lose in recovering from it.

Sources: Ross and Bagnell, "Efficient reductions for imitation learning" (2010), for T^2 eps; Ross,
Gordon and Bagnell, "A reduction of imitation learning and structured prediction to no-regret online
learning" (2011), for u T eps.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
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
    structural,
    when,
)

LONGEST = 200


class Episode(Agent[I]):
    """How an episode stands after some of its steps."""

    steps: Real = between(0, LONGEST, "steps taken, a whole number")
    step_error: Real = between(0, 1, "probability of an error per step, on the states of training")
    off: Real = between(0, 1, "probability that it has left the expert's states")
    regret: Real = between(0, LONGEST, "reward lost so far, steps lose between 0 and 1")


class Quadratic(Invariant):
    """Regret within T and T^2 eps after every number T of steps.

    Source: Ross and Bagnell (2010), theorem 2.1; that the expert's states are left with probability
    at most T eps is the step of its proof that makes it inductive.
    """

    factor: Real = budget(0, 1, "multiple of T^2 eps", limit=1)

    def holds(self, episode: Episode[I]) -> Bool:
        """regret <= T and regret <= factor T^2 eps, and off <= T eps."""
        off = episode.steps * episode.step_error
        return all_of(
            episode.regret <= episode.steps,
            episode.regret <= self.factor * episode.steps * off,
            episode.off <= off,
        )


class Linear(Invariant):
    """Regret within u T eps after every number T of steps.

    Source: Ross, Gordon and Bagnell (2011), theorem 2.2.
    """

    recoverability: Real = budget(0, LONGEST, "u, most reward that one error costs", limit=1)

    def holds(self, episode: Episode[I]) -> Bool:
        """regret <= u T eps."""
        return episode.regret <= self.recoverability * episode.steps * episode.step_error


class Horizon(Parameters):
    """Parameters of an episode."""

    imitation_error: Real = parameter(
        "1/100",
        0,
        1,
        "probability of an error per step, on the states that training visits",
        source=ILLUSTRATIVE,
    )
    horizon: int = structural(50, 1, LONGEST, "steps of the episode", source=ILLUSTRATIVE)


class Recovering(Horizon):
    """Parameters of an episode in which the expert could recover from errors."""

    recoverability: Real = parameter(
        1, 0, LONGEST, "most reward that one error costs, if the expert took over", source="DAgger"
    )


def beginning(p: Horizon) -> Episode[Quadratic]:
    """Nothing has happened yet."""
    return Episode(steps=Real(0), step_error=p.imitation_error, off=Real(0), regret=Real(0))


def linear_beginning(p: Horizon) -> Episode[Linear]:
    """Nothing has happened yet."""
    return Episode(steps=Real(0), step_error=p.imitation_error, off=Real(0), regret=Real(0))


def clone_step(episode: Episode[I], p: Horizon, nature: Nature) -> Episode[I]:
    """A step of a student trained on the expert's states (behavioural cloning).

    On those states it errs with probability at most eps and leaves them when it does; off them
    nothing is known, so every step may lose the most there is.
    """
    errs = nature.choose(
        "error", at_most=episode.step_error, metric="probability, on the expert's states"
    )
    off = episode.off + (1 - episode.off) * errs
    lost = nature.choose("loss", at_most=off, metric="expected reward lost in this step")
    return _until_the_end(episode, off, lost, p)


def on_policy_step(episode: Episode[I], p: Recovering, nature: Nature) -> Episode[I]:
    """A step of a student trained on its own states (DAgger).

    By the performance difference lemma regret is the sum over steps of what the student's action
    costs if the expert takes over after it: u with probability eps, on whatever states it is in.
    """
    errs = nature.choose(
        "error", at_most=episode.step_error, metric="probability, on the student's own states"
    )
    off = episode.off + (1 - episode.off) * errs
    return _until_the_end(episode, off, p.recoverability * errs, p)


def on_policy_unrecovered_step(episode: Episode[I], p: Horizon, nature: Nature) -> Episode[I]:
    """The same where an error may cost all that is left of the episode."""
    errs = nature.choose(
        "error", at_most=episode.step_error, metric="probability, on the student's own states"
    )
    off = episode.off + (1 - episode.off) * errs
    return _until_the_end(episode, off, (p.horizon - episode.steps) * errs, p)


def _until_the_end(episode: Episode[I], off: Real, lost: Real, p: Horizon) -> Episode[I]:
    """The episode one step on, or as it was if it has ended."""
    ended = episode.steps >= p.horizon
    return Episode(
        steps=when(ended, episode.steps, episode.steps + 1),
        step_error=episode.step_error,
        off=when(ended, episode.off, off),
        regret=when(ended, episode.regret, episode.regret + lost),
    )


cloned_episode = Loop[Horizon, Episode[Quadratic]](
    "cloned-episode",
    parameters=Horizon,
    seed=beginning,
    step=clone_step,
    about="One episode of a student trained on the expert's states.",
)

on_policy_episode = Loop[Recovering, Episode[Linear]](
    "on-policy-episode",
    parameters=Recovering,
    seed=linear_beginning,
    step=on_policy_step,
    about="One episode of a student trained on its own states, by an expert that could recover.",
)

unrecovered_episode = Loop[Horizon, Episode[Linear]](
    "unrecovered-episode",
    parameters=Horizon,
    seed=linear_beginning,
    step=on_policy_unrecovered_step,
    about="One episode of a student trained on its own states, where no error can be mended.",
)
