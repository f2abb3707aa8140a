"""The figures of the runs, each drawn from logs alone: python -m examples.runs.figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from examples.runs.reliability import majority
from examples.runs.record import Count, Row, read

HERE = Path(__file__).resolve().parent
LOGS = HERE / "logs"
FIGURES = HERE.parent.parent / "docs" / "figures" / "runs"

Curve = tuple[list[int], list[float]]


def curve(rows: Iterable[Row], position: str, field: str, rank: int | None = None) -> Curve:
    """A field by iteration, where it was measured."""
    points = [
        (row.iteration, _rate(row, field))
        for row in rows
        if row.position == position and field in row.fields and rank in (None, row.rank)
    ]
    return [at for at, _ in points], [value for _, value in points]


def _rate(row: Row, field: str) -> float:
    measured = row.fields[field]
    return measured.rate if isinstance(measured, Count) else measured


def _log(name: str) -> list[Row]:
    return read(LOGS / f"{name}.csv")


def _labelled(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_ylim(bottom=0)
    if across == "iteration":
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7)


def amplification(figure: Figure) -> None:
    """Errors by rank, and errors on the parts against errors in training."""
    tasks = {"permutation_powering": "Permutation powering", "shortest_path": "Shortest path"}
    axes = figure.subplots(2, 2)
    for column, (name, title) in enumerate(tasks.items()):
        rows = _log(name)
        ranks = sorted({row.rank for row in rows if row.rank and row.position == "agent"})
        for rank in ranks:
            drawn = axes[0, column].plot(
                *curve(rows, "agent", "error", rank), ".-", label=f"rank {rank}"
            )
            expert = curve(rows, "expert", "error", rank)
            axes[0, column].plot(*expert, "--", color=drawn[0].get_color(), linewidth=1)
        _labelled(
            axes[0, column], f"{title}: agent (solid), amplified (dashed)", "iteration", "error"
        )
        points = parts_and_training(rows)
        axes[1, column].plot(*zip(*points, strict=True), "o", label="a rank in an iteration")
        top = max(map(max, points))
        axes[1, column].plot([0, top], [0, top], "k:", label="equal")
        _labelled(
            axes[1, column], f"{title}: the agent", "error in training", "error on parts as asked"
        )


def parts_and_training(rows: Iterable[Row]) -> list[tuple[float, float]]:
    """The agent's error on questions of training, and on parts of that rank, where both are."""
    measured = [row for row in rows if row.position == "agent" and "error" in row.fields]
    agents = {(row.iteration, row.rank): _rate(row, "error") for row in measured}
    return [
        (agents[row.iteration, row.rank - 1], _rate(row, "extra.wrong_part"))
        for row in rows
        if row.position == "expert" and row.rank and "extra.wrong_part" in row.fields
    ]


def sabotage(figure: Figure) -> None:
    """The clean run of permutation powering beside the sabotaged ones, at rank 2."""
    axes = figure.subplots(1, 2, sharey=True)
    names = ["", ".slips-4", ".distillation-3", ".drift-3"]
    for name in names:
        rows, label = _log(f"permutation_powering{name}"), name.strip(".").replace("-", " since ")
        for side, position in zip(axes, ("agent", "expert"), strict=True):
            side.plot(*curve(rows, position, "error", 2), label=label or "clean")
    for side, title in zip(axes, ("agent", "amplified agent"), strict=True):
        _labelled(side, f"Rank 2, {title}", "iteration", "error")


def reliability(figure: Figure) -> None:
    """One copy, one vote, and what equal hardness would promise."""
    axes, rows = figure.subplots(), _log("reliability")
    axes.plot(*curve(rows, "agent", "extra.mean_error"), label="one network (mean of nine)")
    axes.plot(*curve(rows, "expert", "extra.mean_vote"), label="vote of three (mean of all)")
    axes.plot(*curve(rows, "agent", "extra.hard"), "--", label="hard share")
    axes.plot(*curve(rows, "expert", "extra.hard_and_easy"), ":", label="hard + (1 - hard) M(e')")
    at, error = curve(rows, "agent", "extra.mean_error")
    axes.plot(at, [majority(x) for x in error], "k:", label="M(e): equal hardness, independent")
    _labelled(axes, "Networks that read digits", "iteration", "error")


def reward_model(figure: Figure) -> None:
    """Regret, and what the reward model says, against divergence and density ratio."""
    left, right = figure.subplots(1, 2)
    runs = {"best_of_n": "best of n", "policy_gradient": "policy gradient"}
    for name, label in (runs | {"best_of_n.reward-4": "best of n, hacked since 16"}).items():
        rows = _log(name)
        _, regret = curve(rows, "agent", "regret")
        _, distance = curve(rows, "agent", "extra.divergence")
        _, proxy = curve(rows, "agent", "extra.proxy")
        drawn = left.plot(distance, regret, "o-", markersize=3, label=label)
        left.plot(distance, [1 - x for x in proxy], "--", color=drawn[0].get_color(), linewidth=1)
        _, density = curve(rows, "agent", "extra.density")
        _, off = curve(rows, "agent", "extra.misjudged")
        right.plot(density, [x / off[0] for x in off], "o-", markersize=3, label=label)
    right.set_xscale("log")
    _labelled(left, "Regret (dashed: by the reward model)", "KL from the base policy", "regret")
    _labelled(
        right,
        "How much more is misjudged",
        "greatest density ratio",
        "times as much as at the base",
    )


def expert_iteration(figure: Figure) -> None:
    """The greatest gap and the mean one, of network and search."""
    axes = figure.subplots(1, 2, sharey=True)
    for side, name in zip(axes, ("expert_iteration", "alpha_zero"), strict=True):
        rows = _log(name)
        for position, label in (("agent", "network"), ("expert", "search")):
            drawn = side.plot(*curve(rows, position, "regret"), label=f"{label}, worst position")
            mean = curve(rows, position, "extra.mean_regret")
            side.plot(*mean, "--", color=drawn[0].get_color(), label=f"{label}, mean in self-play")
        gate = "with the gate" if name == "expert_iteration" else "without a gate"
        _labelled(side, f"Tic-tac-toe, {gate}", "iteration", "exact gap to optimal play")


def debate(figure: Figure) -> None:
    """Wrong verdicts after a consultancy and after a debate, as advocates are trained."""
    axes = figure.subplots()
    for name in ("consultancy", "debate"):
        drawn = axes.plot(*curve(_log(name), "expert", "error"), label=f"verdict after {name}")
        alone = curve(_log(name), "agent", "error")
        axes.plot(*alone, "--", color=drawn[0].get_color(), label="judge that hears nobody")
        lied_to = curve(_log(name), "agent", "extra.lied_to")
        axes.plot(*lied_to, ":", color=drawn[0].get_color(), label="after a liar alone")
    axes.set_ylim(top=1)
    _labelled(axes, "A weak judge and trained advocates", "iteration", "share of wrong verdicts")


def backdoor(figure: Figure) -> None:
    """What a planted trigger does to the agent and to the amplified agent, and what correction
    leaves."""
    axes = figure.subplots(1, 2, sharex=True)
    for side, position, title in zip(
        axes,
        ("agent", "expert"),
        ("The network", "A person who checks it (another scale)"),
        strict=True,
    ):
        for name, line in (("backdoor", ":"), ("backdoor.trigger-3", "-")):
            kind = "clean" if name == "backdoor" else "trigger since 3"
            for field, colour in (("error", "C7"), ("malign", "C3"), ("resistance", "C0")):
                drawn = curve(_log(name), position, field)
                side.plot(*drawn, line, color=colour, label=f"{field}, {kind}")
        _labelled(side, title, "iteration", "share of questions")


DRAWN: dict[str, tuple[Callable[[Figure], None], tuple[float, float]]] = {
    "amplification": (amplification, (9, 7)),
    "sabotage": (sabotage, (9, 3.6)),
    "reliability": (reliability, (6.5, 4)),
    "reward_model": (reward_model, (9, 4)),
    "expert_iteration": (expert_iteration, (9, 4)),
    "debate": (debate, (6.5, 4)),
    "backdoor": (backdoor, (9, 4)),
}


def main(folder: Path = FIGURES) -> None:
    """Draw them all."""
    for name, (draw, size) in DRAWN.items():
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
