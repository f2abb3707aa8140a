"""How the errors of imitation add up along one episode.

One iteration is one step of the episode. A student trained on the expert's states is on its own
once it has left them: from there on it may lose one unit of reward at every step. A student trained
on its own states errs as often as elsewhere wherever it is, and each error costs no more than the
expert would lose in recovering from it.

The error eps is an average over the T steps of an episode, as training measures it: nature may
spend the T eps errors of an episode when it likes. If eps bounds the error of every step by itself,
that is more, and half of the regret.

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
    minimum,
    parameter,
    when,
)

LONGEST = 200


class Episode(Agent[I]):
    """How an episode stands after some of its steps."""

    horizon: Real = between(1, LONGEST, "T, steps of the whole episode")
    steps: Real = between(0, LONGEST, "steps taken, a whole number", coupled=lambda a: a.horizon)
    step_error: Real = between(0, 1, "eps, errors per step on the states of training, on average")
    erred: Real = between(
        0,
        LONGEST,
        "errors so far on the states of training, expected",
        coupled=lambda a: a.horizon * a.step_error,
    )
    regret: Real = between(0, LONGEST, "reward lost so far, steps lose between 0 and 1")


class Quadratic(Invariant):
    """Regret within T^2 eps at the end of an episode of any length.

    Source: Ross and Bagnell (2010), theorem 2.1; that so far no more is lost than every step, if
    the expert's states are left at once, is the step of its proof that makes it inductive.
    """

    factor: Real = budget(0, 1, "multiple of T^2 eps", limit=1)

    def holds(self, episode: Episode[I]) -> Bool:
        """regret <= factor T^2 eps, and regret <= steps P(off the expert's states)."""
        errors = episode.horizon * episode.step_error
        return all_of(
            episode.regret <= self.factor * episode.horizon * errors,
            episode.regret <= episode.steps * left_by_now(episode.erred),
        )


class Halved(Invariant):
    """Regret within eps (1 + 2 + ... + T) after every number T of steps."""

    factor: Real = budget(0, 1, "multiple of T (T + 1) eps", limit="1/2")

    def holds(self, episode: Episode[I]) -> Bool:
        """regret <= factor T (T + 1) eps, and no more than T eps errors."""
        steps, error = episode.steps, episode.step_error
        return all_of(
            episode.regret <= self.factor * steps * (steps + 1) * error,
            episode.erred <= steps * error,
        )


class AllLost(Invariant):
    """All that theorem 2.1 allows is lost: every step so far, in T eps of the episodes."""

    def holds(self, episode: Episode[I]) -> Bool:
        """regret >= steps T eps with all errors made, or nothing is done yet."""
        errors = episode.horizon * episode.step_error
        lost = (episode.regret >= episode.steps * errors) & (episode.erred >= errors)
        return (errors > 1) | (episode.steps <= 0) | lost


class Linear(Invariant):
    """Regret within u T eps at the end of an episode of any length.

    Source: Ross, Gordon and Bagnell (2011), theorem 2.2.
    """

    recoverability: Real = budget(0, LONGEST, "u, most reward that one error costs", limit=1)

    def holds(self, episode: Episode[I]) -> Bool:
        """regret <= u T eps."""
        return episode.regret <= self.recoverability * episode.horizon * episode.step_error


class PerError(Linear):
    """Regret within u for each error so far, and so within u T eps."""

    def holds(self, episode: Episode[I]) -> Bool:
        """regret <= u errors so far."""
        return episode.regret <= self.recoverability * episode.erred


class Imitated(Parameters):
    """Parameters of an episode."""

    imitation_error: Real = parameter(
        "1/100",
        0,
        1,
        "probability of an error per step, on the states that training visits, averaged over the "
        "steps",
        source=ILLUSTRATIVE,
    )
    horizon: Real = parameter(50, 1, LONGEST, "steps of the episode", source=ILLUSTRATIVE)


class Recovering(Imitated):
    """Parameters of an episode in which the expert could recover from errors."""

    recoverability: Real = parameter(
        1,
        0,
        LONGEST,
        "most reward that one error costs, if the expert took over",
        source="the unit of reward, as the most that one step loses",
    )


def beginning(p: Imitated) -> Episode[Quadratic]:
    """Nothing has happened yet."""
    return _nothing_yet(p)


def beginning_on_policy(p: Imitated) -> Episode[PerError]:
    """Nothing has happened yet."""
    return _nothing_yet(p)


def beginning_every_step(p: Imitated) -> Episode[Halved]:
    """Nothing has happened yet."""
    return _nothing_yet(p)


def beginning_at_once(p: Imitated) -> Episode[AllLost]:
    """Nothing has happened yet."""
    return _nothing_yet(p)


def _nothing_yet(p: Imitated) -> Episode[I]:
    none = Real(0)
    return Episode(
        horizon=p.horizon, steps=none, step_error=p.imitation_error, erred=none, regret=none
    )


def left_by_now(erred: Real) -> Real:
    """P(the student has left the expert's states) <= min(1, errors expected so far).

    It leaves them at its first error, and until then it is where the expert would be. The union
    bound, which is attained where errors of different steps are made in different episodes.
    """
    return minimum(1, erred)


def _errors(episode: Episode[I], nature: Nature, most: Real) -> Real:
    """Errors expected up to and with this step: those so far, and what nature adds now."""
    return nature.choose(
        "errors by now",
        at_least=episode.erred,
        at_most=most,
        metric="expected number, on the states of training",
    )


def clone_step(episode: Episode[I], p: Imitated, nature: Nature) -> Episode[I]:
    """A step of a student trained on the expert's states (behavioural cloning).

    On those states it makes T eps errors an episode, at whatever steps; off them nothing is known,
    so every step may lose the most there is.
    """
    erred = _errors(episode, nature, episode.horizon * episode.step_error)
    return _one_step_on(episode, erred, _lost_off_path(erred, nature))


def clone_step_every(episode: Episode[I], p: Imitated, nature: Nature) -> Episode[I]:
    """The same where eps bounds the error of every step by itself."""
    most = minimum(
        episode.erred + episode.step_error,
        episode.horizon * episode.step_error,
    )
    erred = _errors(episode, nature, most)
    return _one_step_on(episode, erred, _lost_off_path(erred, nature))


def clone_step_at_once(episode: Episode[I], p: Imitated, nature: Nature) -> Episode[I]:
    """The same where all errors are made in the first step, and then all is lost."""
    erred = episode.horizon * episode.step_error
    return _one_step_on(episode, erred, left_by_now(erred))


def _lost_off_path(erred: Real, nature: Nature) -> Real:
    return nature.choose(
        "loss", at_most=left_by_now(erred), metric="expected reward lost in this step"
    )


def on_policy_step(episode: Episode[I], p: Recovering, nature: Nature) -> Episode[I]:
    """A step of a student trained on its own states (DAgger).

    By the performance difference lemma regret is the sum over steps of what the student's action
    costs if the expert takes over after it: u for each error, on whatever states it is in.
    """
    erred = _errors(episode, nature, episode.horizon * episode.step_error)
    return _one_step_on(episode, erred, p.recoverability * (erred - episode.erred))


def on_policy_unrecovered_step(episode: Episode[I], p: Imitated, nature: Nature) -> Episode[I]:
    """The same where an error may cost all that is left of the episode."""
    erred = _errors(episode, nature, episode.horizon * episode.step_error)
    left = episode.horizon - episode.steps
    return _one_step_on(episode, erred, left * (erred - episode.erred))


def _one_step_on(episode: Episode[I], erred: Real, lost: Real) -> Episode[I]:
    """The episode one step on, or as it was if it has ended."""
    ended = episode.steps + 1 > episode.horizon
    after = Episode[I](
        horizon=episode.horizon,
        steps=episode.steps + 1,
        step_error=episode.step_error,
        erred=erred,
        regret=minimum(LONGEST, episode.regret + lost),
    )
    return when(ended, episode, after)


cloned_episode = Loop[Imitated, Episode[Quadratic]](
    "cloned-episode",
    parameters=Imitated,
    seed=beginning,
    step=clone_step,
    about="One episode of a student trained on the expert's states.",
)

cloned_every_step = Loop[Imitated, Episode[Halved]](
    "cloned-every-step",
    parameters=Imitated,
    seed=beginning_every_step,
    step=clone_step_every,
    about="One episode of a student that errs no more than eps at every single step.",
)

cloned_at_once = Loop[Imitated, Episode[AllLost]](
    "cloned-at-once",
    parameters=Imitated,
    seed=beginning_at_once,
    step=clone_step_at_once,
    about="One episode of a student that makes all of its errors in the first step.",
)

on_policy_episode = Loop[Recovering, Episode[PerError]](
    "on-policy-episode",
    parameters=Recovering,
    seed=beginning_on_policy,
    step=on_policy_step,
    about="One episode of a student trained on its own states, by an expert that could recover.",
)

unrecovered_episode = Loop[Imitated, Episode[PerError]](
    "unrecovered-episode",
    parameters=Imitated,
    seed=beginning_on_policy,
    step=on_policy_unrecovered_step,
    about="One episode of a student trained on its own states, where no error can be mended.",
)
