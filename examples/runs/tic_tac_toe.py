"""Tic-tac-toe as a table: every position up to symmetry, its moves, and exact values.

OpenSpiel has the rules. A position is taken from the side to move; the eight symmetries of the
board are one position, so there are few hundred. The game is worth 1/2 to who wins and -1/2 to who
loses, and counts less by the discount for every ply until it ends, so no gap exceeds 1.
"""

from __future__ import annotations

from functools import cache

import attrs
import numpy as np
import numpy.typing as npt
import pyspiel

from examples.runs.network import Features

Floats = npt.NDArray[np.float64]
Moves = npt.NDArray[np.int64]
"""For each position, the number of the move that a policy makes: its place in ``after``."""

DISCOUNT = 9 / 10
CELLS = 9
WIN = 1 / 2


@attrs.frozen
class Table:
    """All positions that are not over come first, the others after them."""

    boards: npt.NDArray[np.int8]
    """The cells: 1 the side to move, -1 the other, 0 empty."""
    after: list[list[int]]
    """The positions that the moves lead to; none where the game is over."""
    cells: list[list[int]]
    """The cell that each move fills."""
    over: Floats
    """What a position is worth, to the side to move, if the game is over."""
    start: int
    open: int
    """How many positions are not over."""

    @property
    def features(self) -> Features:
        """What a network reads: own cells and the other's."""
        boards = self.boards[: self.open]
        return np.hstack([boards == 1, boards == -1]).astype(np.float32)


def _symmetries() -> npt.NDArray[np.int64]:
    grid = np.arange(CELLS).reshape(3, 3)
    turned = [np.rot90(grid, quarter) for quarter in range(4)]
    return np.array([board.ravel() for grid in turned for board in (grid, grid.T)])


SYMMETRIES = _symmetries()


def canonical(board: tuple[int, ...]) -> tuple[int, ...]:
    """The least of a position's symmetric versions."""
    return min(tuple(board[cell] for cell in symmetry) for symmetry in SYMMETRIES.tolist())


def seen(state: pyspiel.State) -> tuple[int, ...]:
    """The cells from the side to move, or from who would be if the game went on."""
    text = str(state).replace("\n", "")
    mover = "x" if text.count("x") == text.count("o") else "o"
    return tuple(0 if cell == "." else 1 if cell == mover else -1 for cell in text)


@cache
def table() -> Table:
    """Every position that can be reached."""
    game = pyspiel.load_game("tic_tac_toe")
    found: dict[tuple[int, ...], pyspiel.State] = {}
    waiting = [game.new_initial_state()]
    while waiting:
        state = waiting.pop()
        board = canonical(seen(state))
        if board not in found:
            found[board] = state
            waiting += [state.child(action) for action in state.legal_actions()]
    boards = sorted(found, key=lambda board: (found[board].is_terminal(), board))
    number = {board: i for i, board in enumerate(boards)}
    after, cells = [], []
    for board in boards:
        empty = [] if found[board].is_terminal() else [i for i, c in enumerate(board) if c == 0]
        cells.append(empty)
        after.append([number[canonical(_moved(board, cell))] for cell in empty])
    over = [
        WIN * min(found[board].returns()) if not after[number[board]] else 0 for board in boards
    ]
    start = number[canonical(seen(game.new_initial_state()))]
    going_on = sum(map(bool, after))
    return Table(np.array(boards, np.int8), after, cells, np.array(over), start, going_on)


def _moved(board: tuple[int, ...], cell: int) -> tuple[int, ...]:
    """The position after a move, from the other side."""
    return tuple(-1 if i == cell else -c for i, c in enumerate(board))


def _order(game: Table) -> list[int]:
    """The positions that are not over, those with fewer empty cells first."""
    return sorted(range(game.open), key=lambda position: len(game.after[position]))


def best_values(game: Table) -> Floats:
    """What each position is worth to the side to move, if both play their best."""
    value = game.over.copy()
    for position in _order(game):
        value[position] = max(-DISCOUNT * value[next_] for next_ in game.after[position])
    return value


def secured(game: Table, policy: Moves) -> tuple[Floats, list[list[float]]]:
    """What a policy secures to the side to move, whatever the other side does, and for each move
    what is secured by making it and following the policy after it."""
    moving, waiting = game.over.copy(), -game.over
    by_move: list[list[float]] = [[] for _ in game.after]
    for position in _order(game):
        moves = game.after[position]
        waiting[position] = min(DISCOUNT * moving[next_] for next_ in moves)
        by_move[position] = [DISCOUNT * float(waiting[next_]) for next_ in moves]
        moving[position] = by_move[position][policy[position]]
    return moving, by_move


def played(game: Table, policy: Moves) -> Floats:
    """What each position is worth to the side to move, if both sides follow the policy."""
    value = game.over.copy()
    for position in _order(game):
        value[position] = -DISCOUNT * value[game.after[position][policy[position]]]
    return value


def gaps(game: Table, policy: Moves) -> Floats:
    """The best value less what the policy secures, in every position that is not over."""
    return (best_values(game) - secured(game, policy)[0])[: game.open]
