"""That search, imitation and the gate bound what happens in decision processes solved exactly."""

from __future__ import annotations

from models.decision_processes import (
    KeepsToBounds,
    KeptWithin,
    PassesOn,
    PassesWithin,
    one_gate,
    one_match,
    one_state,
    two_states,
)
from spec import Claim, Row

_IMPERFECT = {"value_error": "1/100", "imitation_error": "1/50", "action_gap": "1/2"}

search_steps = Row(
    "soundness-search",
    quote="Approximate policy iteration with a search d plies deep leaves g^d gap + 2 g^d eps / "
    "(1 - g), and imitation adds delta / (1 - g).",
    formal="In every process of two states and two moves, for all rewards, moves, policies, values "
    "at the leaves within eps and imitations within delta, the exact gaps are within the bounds. A "
    "ply passes bounds on from the successors of a state to the state, and so from sup norm to sup "
    "norm in processes of every size. The gate keeps no larger a gap in expectation than it "
    "says, whatever the candidate.",
    statements=[
        Claim(
            "soundness-search/two-states",
            two_states,
            KeepsToBounds(),
            at={**_IMPERFECT, "discount": "9/10"},
            says="One ply deep, with discount 9/10.",
        ),
        Claim(
            "soundness-search/two-states-short-sighted",
            two_states,
            KeepsToBounds(),
            at={**_IMPERFECT, "discount": "1/2"},
            says="One ply deep, with discount 1/2.",
        ),
        Claim(
            "soundness-search/two-states-three-plies",
            two_states,
            KeepsToBounds(),
            at={**_IMPERFECT, "discount": "9/10", "depth": 3},
            says="Three plies deep.",
        ),
        Claim(
            "soundness-search/one-state",
            one_state,
            PassesOn(),
            says="One ply at a state with three moves, in a process of any size.",
        ),
        Claim(
            "soundness-search/one-gate",
            one_gate,
            KeptWithin(),
            says="The gate of 400 games, before any two networks.",
        ),
        Claim(
            "soundness-search/one-match",
            one_match,
            PassesWithin(),
            at={"games": 9, "wins": 6},
            says="A network that wins each game with one half at most seldom wins six of nine.",
        ),
    ],
    not_covered="Games that hang together, and networks that do not win more often the smaller "
    "their gap is. Whether the errors are small in every state: in a real run on tic-tac-toe "
    "(docs/how-to/real-runs.md) value_error is up to 0.95 and imitation_error 0.855 in the "
    "supremum, and value_error is 0.17 in the mean, so that the bounds hold and say nothing.",
    group="open statements",
)
