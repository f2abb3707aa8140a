"""A counterexample told as a story: what each step does, what nature does, what gives way first."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.text import Text

from checker.report.positions import conjunct_locations
from checker.report.runs import SHOWN, fields
from checker.report.words import move, unmoved
from checker.system.replay import Enclosure, Run, TraceStep
from checker.system.verdict import Verdict
from spec.invariants import Invariant
from spec.scheme import Process
from spec.statements.dynamics import Closed


def narrate(scheme: Process, invariant: Invariant, verdict: Verdict) -> Iterator[Text]:
    """The replayed run of a refuted claim in sentences, its first and last rounds."""
    run = verdict.run
    if run is None:
        return
    yield Text("\nThe story", "bold")
    if verdict.kind is Closed:
        yield Text(f"An agent that satisfies it: {_stopped(fields(run.seed))}")
    else:
        yield Text(f"At the start: {first_sentence(scheme.seed) or _stopped(fields(run.seed))}")
        if run.seed_chosen:
            yield Text(
                f"  Within its bounds nature takes {_stopped(fields(run.seed_chosen))}", "dim"
            )
    seen: set[str] = set()
    last = 0
    for iteration, steps in itertools.groupby(run.steps, lambda step: step.iteration):
        if SHOWN < iteration <= run.iteration - SHOWN:
            continue
        if iteration > last + 1:
            left_out = f"Rounds {last + 1} to {iteration - 1} go on"
            if iteration == last + 2:
                left_out = f"Round {last + 1} goes on"
            yield Text(f"{left_out} in the same way.", "dim")
        last = iteration
        yield Text(f"Round {iteration}.")
        for step in steps:
            yield from _step(scheme, step, seen)
    yield from _ending(run, invariant, verdict)


def first_sentence(function: Callable[..., Any]) -> str:
    """The first sentence of a function's docstring."""
    text = " ".join((inspect.getdoc(function) or "").split())
    head, stop, _ = text.partition(". ")
    return head + (stop.strip() if stop else "")


def does(step: str, function: Callable[..., Any]) -> str:
    """What a step does, in a sentence that does not begin with the step's name once more."""
    sentence = first_sentence(function)
    name, colon, rest = sentence.partition(": ")
    return rest[:1].upper() + rest[1:] if colon and name.lower() == step.lower() else sentence


def _step(scheme: Process, step: TraceStep, seen: set[str]) -> Iterator[Text]:
    # a run of whole iterations has one step, which is none of the scheme's stages
    stage = next((stage for stage in scheme.stages if stage.name == step.step), None)
    text = Text(f"  {step.step}: ")
    if stage is not None and step.step not in seen:
        seen.add(step.step)
        text.append(f"{does(step.step, stage.function)} ".lstrip())
    moves = [
        (name, _moves(step.before[name], after))
        for name, after in step.after.items()
        if name in step.before
    ]
    changed = [f"{name} {words}" for name, words in moves if words]
    text.append(_stopped("; ".join(changed)) if changed else f"{unmoved(step).capitalize()}.")
    yield text
    if step.oversight_holds is False and stage is not None and stage.smart_enough is not None:
        yield Text(
            "    The expert is not smart enough for this student, so the student may be anything. "
            f"(Smart enough: {first_sentence(stage.smart_enough)})",
            "red",
        )
    if step.made:
        yield Text(f"    Within its bounds nature takes {_stopped(fields(step.made))}", "dim")


def _stopped(sentence: str) -> str:
    """A sentence with its full stop; a number that is cut off has dots already."""
    return sentence if sentence.endswith("...") else f"{sentence}."


def _moves(before: Enclosure, after: Enclosure) -> str:
    pair = move(before, after)
    if pair is None:
        return ""
    rises = after.low + after.high > before.low + before.high
    return f"{'rises' if rises else 'falls'} from {pair[0]} to {pair[1]}"


def _ending(run: Run, invariant: Invariant, verdict: Verdict) -> Iterator[Text]:
    limits = " and ".join(f"{name} <= {value}" for name, value in verdict.limits.items())
    says = (type(invariant).__doc__ or type(invariant).__name__).split("\n")[0]
    state = run.steps[-1].after if run.steps else run.seed
    where = f"after {run.iteration} rounds" if run.iteration != 1 else "after one round"
    text = Text(f"So {where} the {run.position} has {_stopped(fields(state))}")
    if run.left_domain:
        text.append(" That is outside its domain.", "bold red")
    else:
        text.append(f" It was to satisfy: {says} ({limits})", "bold red")
    yield text
    for conjunct, line in zip(run.conjuncts, conjunct_locations(invariant, run), strict=False):
        yield Text(f"  What is false of it: {conjunct.text}  ", "red").append(line, "dim")
    yield from _cause(run, state)


def _cause(run: Run, state: Mapping[str, Enclosure]) -> Iterator[Text]:
    """What gave way first: oversight, a step that leaves the agent arbitrary, or many rounds."""
    loose = next((step for step in run.steps if step.oversight_failed), None)
    if loose is not None:
        after = "" if loose.iteration == run.iteration else ", and the rest followed"
        yield Text(f"What gave way first was oversight, in round {loose.iteration}{after}.")
        return
    free = next((step for step in run.steps if step.left_arbitrary), None)
    if free is not None:
        yield Text(f"What gave way was {free.step}, which leaves the agent to nature.")
    elif run.iteration == 1:
        yield Text("One round was enough.")
    elif run.steps:
        grown = [
            name
            for name, value in state.items()
            if name in run.seed and value.low > run.seed[name].high
        ]
        yield Text(f"No step failed at once: {', '.join(grown) or 'no field'} crept up on the way.")
