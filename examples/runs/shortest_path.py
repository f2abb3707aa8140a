"""Shortest path: how far is t from s, if it is at most r steps away?

A question of rank r above 1 has a part of rank r - 1 for each neighbour u of t: how far is u from
s? The least of these and one more is the answer. The overseer knows the edges, so it answers rank 1
alone. Graphs have seven vertices of at most three neighbours, so a question has at most three
parts; each question has a graph of its own, and the student reads it with the question.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from examples.runs.amplification import (
    FULL,
    SABOTAGES,
    SMALL,
    Asks,
    Questions,
    amplify_and_distill,
)
from examples.runs.command import Options, command
from examples.runs.network import Answers, Features, one_hot
from examples.runs.record import Row

MOST_NEIGHBOURS = 3


class ShortestPath:
    """Questions are rows (rank, s, t, adjacency matrix); the last answer is "further than that"."""

    def __init__(self, vertices: int = 7, edges: int = 8, rounds: int = 4):
        self.vertices = vertices
        self.edges = edges
        self.rounds = rounds
        self.answers = rounds + 4  # distances 0 to rounds + 2, and further
        self.further = self.answers - 1

    def draw(self, rng: np.random.Generator, ranks: npt.NDArray[np.int64]) -> Questions:
        """For each rank a random graph and two uniform vertices.

        Edges are tried in a random order and kept while neither end has its neighbours yet.
        """
        n, many = self.vertices, len(ranks)
        pairs = np.array([(a, b) for a in range(n) for b in range(a)])
        order = rng.permuted(np.tile(np.arange(len(pairs)), (many, 1)), axis=1)
        joined, each = np.zeros((many, n, n), np.int64), np.arange(many)
        for tried in order.T:
            a, b = pairs[tried].T
            free = (joined[each, a].sum(1) < MOST_NEIGHBOURS) & (
                joined[each, b].sum(1) < MOST_NEIGHBOURS
            )
            kept = free & (joined.sum((1, 2)) < 2 * self.edges)
            joined[each[kept], a[kept], b[kept]] = joined[each[kept], b[kept], a[kept]] = 1
        ends = rng.integers(0, n, (many, 2))
        return np.column_stack([ranks, ends, joined.reshape(many, -1)])

    def narrowed(self, questions: Questions) -> Questions:
        """Only the first half of the vertices as t."""
        kept = questions.copy()
        kept[:, 2] %= self.vertices // 2
        return kept

    def joined(self, questions: Questions) -> npt.NDArray[np.int64]:
        """The adjacency matrix of each question."""
        return questions[:, 3:].reshape(-1, self.vertices, self.vertices)

    def features(self, questions: Questions) -> Features:
        """Rank and both vertices as unit vectors, and the edges."""
        rank = one_hot(questions[:, 0] - 1, self.rounds + 2)
        ends = one_hot(questions[:, 1:3], self.vertices)
        above = np.triu_indices(self.vertices, 1)
        edges = self.joined(questions)[:, above[0], above[1]].astype(np.float32)
        return np.hstack([rank, ends, edges])

    def truth(self, questions: Questions) -> Answers:
        """By breadth-first search from s."""
        joined, each = self.joined(questions), np.arange(len(questions))
        reached = np.eye(self.vertices, dtype=bool)[questions[:, 1]]
        distance = np.full(len(questions), self.further)
        for steps in range(int(questions[:, 0].max(initial=0)) + 1):
            there = reached[each, questions[:, 2]] & (distance == self.further)
            distance[there & (steps <= questions[:, 0])] = steps
            reached |= np.einsum("qv,qvw->qw", reached, joined) > 0
        return distance

    def alone(self, questions: Questions) -> Answers:
        """The same vertex, a neighbour, or further."""
        s, t = questions[:, 1], questions[:, 2]
        near = np.where(self.joined(questions)[np.arange(len(s)), s, t] == 1, 1, self.further)
        return np.asarray(np.where(s == t, 0, near))

    def consult(self, questions: Questions, ask: Asks) -> Answers:
        """One more than the least distance of a neighbour of t, unless s and t are the same."""
        s, t = questions[:, 1], questions[:, 2]
        near = self.joined(questions)[np.arange(len(s)), t] * (s != t)[:, None]
        owners, neighbour = np.nonzero(near)
        parts = questions[owners]
        parts[:, 0] -= 1
        parts[:, 2] = neighbour
        least = np.full(len(questions), self.further)
        np.minimum.at(least, owners, ask(owners, parts))
        found = np.where(least + 1 <= questions[:, 0], least + 1, self.further)
        return np.asarray(np.where(s == t, 0, found))

    def profile(self, questions: Questions) -> npt.NDArray[np.int64]:
        """How many neighbours t has, and whether s is t or one of them."""
        each, t = np.arange(len(questions)), questions[:, 2]
        neighbours = self.joined(questions)[each, t].sum(1)
        return np.asarray(neighbours * 3 + np.minimum(self.alone(questions), 2))


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    task = ShortestPath(5, 4, 2) if options.small else ShortestPath()
    return amplify_and_distill(task, SMALL if options.small else FULL, options)


if __name__ == "__main__":
    command("shortest_path", __doc__, run, SABOTAGES)
