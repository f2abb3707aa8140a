"""Expert iteration on tic-tac-toe, from random play, with the gate of AlphaGo Zero.

Each round plays games against itself by Monte Carlo tree search, guided by a network for moves and
one for values; both are trained on the games (the move that the search visited most, the outcome);
the new pair takes the place of the old one if it wins enough games against it. The game is small
enough to solve, so gaps to optimal play are exact, in every position, against the best reply.

What differs from the sources: two small perceptrons stand for one deep network, and the search
runs on positions up to symmetry, so the same position reached twice shares its statistics.

Sources: Anthony, Tian and Barber, "Thinking fast and slow with deep learning and tree search"
(2017), for training on the most visited move; Silver et al., "Mastering the game of Go without
human knowledge" (2017), for PUCT, noise at the root, self-play and the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import attrs
import numpy as np

from examples.runs.command import Options, command
from examples.runs.network import Answers, Classifier
from examples.runs.record import Count, Measured, Row
from examples.runs.tic_tac_toe import (
    CELLS,
    DISCOUNT,
    WIN,
    Floats,
    Moves,
    Table,
    best_values,
    gaps,
    played,
    secured,
    table,
)

Beside = dict[str, Measured]

EXPLORATION = 1.5
"""c of PUCT, in units of the reward."""
NOISE = 0.25
"""Share of noise at the root in self-play (Silver et al. 2017)."""
WINS = 0.55
"""Share of the gate's games that a new network must win, draws half (Silver et al. 2017)."""


@attrs.frozen
class Size:
    """How much is played and trained."""

    rounds: int
    games: int
    simulations: int
    epochs: int
    gate: int


FULL = Size(rounds=12, games=100, simulations=60, epochs=12, gate=400)
SMALL = Size(rounds=1, games=20, simulations=20, epochs=6, gate=40)


@attrs.frozen
class Guide:
    """What the networks say of every position that is not over."""

    priors: list[list[float]]
    """A probability for each move."""
    values: list[float]
    """What the position is worth to the side to move."""

    @property
    def policy(self) -> Moves:
        """The likeliest move."""
        return np.array([int(np.argmax(prior)) for prior in self.priors])


def random_play(game: Table, rng: np.random.Generator) -> Guide:
    """Nothing is known: almost equal priors, and every position worth nothing."""
    noise = [rng.uniform(0.99, 1, len(moves)) for moves in game.after[: game.open]]
    return Guide([list(each / each.sum()) for each in noise], [0.0] * game.open)


def search(
    game: Table, guide: Guide, root: int, simulations: int, noise: list[float] | None = None
) -> list[int]:
    """How often tree search visits each move of a position: PUCT with the networks' guidance."""
    visits, totals = {root: [0] * len(game.after[root])}, {root: [0.0] * len(game.after[root])}
    for _ in range(simulations):
        path, position = [], root
        while position in visits:
            prior = guide.priors[position]
            if noise and position == root:
                prior = [(1 - NOISE) * p + NOISE * x for p, x in zip(prior, noise, strict=True)]
            move = _likeliest(prior, visits[position], totals[position])
            path.append((position, move))
            position = game.after[position][move]
        value = float(game.over[position])
        if game.after[position]:
            value = guide.values[position]
            visits[position] = [0] * len(game.after[position])
            totals[position] = [0.0] * len(game.after[position])
        for position, move in reversed(path):
            value *= -DISCOUNT
            visits[position][move] += 1
            totals[position][move] += value
    return visits[root]


def _likeliest(prior: list[float], visits: list[int], totals: list[float]) -> int:
    """The move of the greatest mean value and bonus c p sqrt(N) / (1 + n)."""
    bonus = EXPLORATION * sqrt(sum(visits) + 1)
    worth = [
        (total / n if n else 0.0) + bonus * p / (1 + n)
        for p, n, total in zip(prior, visits, totals, strict=True)
    ]
    return worth.index(max(worth))


def searched(game: Table, guide: Guide, simulations: int) -> Moves:
    """The policy of the search: the most visited move in every position."""
    found = (search(game, guide, position, simulations) for position in range(game.open))
    return np.array([visits.index(max(visits)) for visits in found])


@attrs.frozen
class Games:
    """Positions of self-play, the moves that the search liked best there, and the outcomes."""

    positions: Answers
    cells: Answers
    outcomes: Answers
    """0 lost, 1 drawn, 2 won, by the side to move."""
    one_each: Answers
    """A random position of each game."""


def self_play(game: Table, guide: Guide, size: Size, rng: np.random.Generator) -> Games:
    """Games of the search against itself, moves drawn by their visits."""
    rows, one_each = [], []
    for _ in range(size.games):
        position, moments = game.start, []
        while game.after[position]:
            noise = list(rng.dirichlet([1.0] * len(game.after[position])))
            visits = search(game, guide, position, size.simulations, noise)
            moments.append((position, game.cells[position][visits.index(max(visits))]))
            drawn = rng.choice(len(visits), p=np.array(visits) / sum(visits))
            position = game.after[position][drawn]
        lost = round(float(game.over[position]) / WIN)  # by who would move now: -1 or 0
        for back, (there, cell) in enumerate(reversed(moments), 1):
            rows.append((there, cell, 1 + lost * (-1) ** back))
        one_each.append(moments[rng.integers(len(moments))][0])
    positions, cells, outcomes = np.array(rows).T
    return Games(positions, cells, outcomes, np.array(one_each))


class Networks:
    """One network for moves and one for the outcome, trained on and on."""

    def __init__(self, seed: int):
        self.moves = Classifier(CELLS, (64,), seed, rate=3e-3, batch=32)
        self.outcome = Classifier(3, (64,), seed + 1, rate=3e-3, batch=32)

    def train(self, game: Table, games: Games, epochs: int) -> None:
        """Imitate the search's moves, predict the outcomes."""
        boards = game.features[games.positions]
        self.moves.train(boards, games.cells, epochs)
        self.outcome.train(boards, games.outcomes, epochs)

    def guide(self, game: Table) -> Guide:
        """What they say of every position."""
        boards = game.features
        likely, outcome = self.moves.probabilities(boards), self.outcome.probabilities(boards)
        priors = []
        for probabilities, cells in zip(likely, game.cells, strict=False):
            kept = probabilities[cells].astype(np.float64) + 1e-6
            priors.append(list(kept / kept.sum()))
        return Guide(priors, list(WIN * (outcome[:, 2] - outcome[:, 0])))


def gate(game: Table, new: Guide, old: Guide, games: int, rng: np.random.Generator) -> float:
    """The share of games that the new guide wins, draws half: each begins every other game, and
    moves are drawn from the priors."""
    won = 0.0
    for first in range(games):
        sides, position, ply = ((new, old), (old, new))[first % 2], game.start, 0
        while game.after[position]:
            prior = sides[ply % 2].priors[position]
            position = game.after[position][rng.choice(len(prior), p=prior)]
            ply += 1
        lost = game.over[position] < 0
        won += 1 / 2 if not lost else float(ply % 2 != first % 2)  # the old guide is to move
    return won / games


def run(options: Options, gated: bool = True) -> Iterator[Row]:
    """The rows of the log; without the gate the new networks always take the place of the old."""
    size, game = SMALL if options.small else FULL, table()
    rng = np.random.default_rng(options.seed)
    held, networks = random_play(game, rng), Networks(options.seed)
    beside: Beside = {}
    for iteration in range(size.rounds + 1):
        games = self_play(game, held, size, rng)
        expert = searched(game, held, size.simulations)
        yield _row(game, iteration, "agent", held.policy, games, beside | _values(game, held))
        yield _row(game, iteration, "expert", expert, games, {"cost": 1 + size.simulations})
        if options.sabotaged("distillation", iteration + 1):
            games = attrs.evolve(games, cells=rng.permutation(games.cells))
        networks.train(game, games, size.epochs)
        new = networks.guide(game)
        share = gate(game, new, held, size.gate, rng)
        beside = {
            "extra.gate": share,
            "extra.candidate_regret": float(gaps(game, new.policy).max()),
        }
        held = new if share >= WINS or not gated else held
        beside["extra.imitation_error"] = given_up(game, expert, held.policy)


def _row(
    game: Table, iteration: int, position: str, policy: Moves, games: Games, beside: Beside
) -> Row:
    """The greatest gap, and the wrong moves in one position of each game of self-play."""
    optimal, found = best_values(game), gaps(game, policy)
    wrong = np.array([_gives_up(game, optimal, at, policy[at]) > 1e-9 for at in range(game.open)])
    fields: Beside = {
        "error": Count.among(wrong[games.one_each]),
        "regret": float(found.max()),
        "cost": 1,
        "extra.mean_regret": float(found[games.positions].mean()),
        "extra.wrong_positions": float(wrong.mean()),
    }
    return Row(iteration, position, fields | beside)


def _gives_up(game: Table, optimal: Floats, position: int, move: int) -> float:
    """What a move loses if both play their best after it."""
    return float(optimal[position] + DISCOUNT * optimal[game.after[position][move]])


def _values(game: Table, guide: Guide) -> Beside:
    """How far the values are from those of the policy that they go with: greatest and mean."""
    off = np.abs(np.array(guide.values) - played(game, guide.policy)[: game.open])
    return {"extra.value_error": float(off.max()), "extra.mean_value_error": float(off.mean())}


def given_up(game: Table, expert: Moves, student: Moves) -> float:
    """The most that the student's move gives up against the expert's, in any position, if the
    expert went on from there against the best reply."""
    moving, by_move = secured(game, expert)
    return max(float(moving[at] - by_move[at][student[at]]) for at in range(game.open))


if __name__ == "__main__":
    command("expert_iteration", __doc__, run, ["distillation"])
