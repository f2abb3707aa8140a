"""Measured runs for people: the verdict, what departs, and every measurement against its range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checker.backends.rounding import decimal_above, decimal_below, short_decimal
from checker.conform.findings import (
    Blamed,
    Conformance,
    Departure,
    Ends,
    Estimate,
    Excess,
    Forecast,
    Judgement,
    Kept,
    Observed,
    Outlook,
    Ranged,
    Ranges,
    Silent,
)
from checker.conform.measured import At, Measurement, Sense
from checker.explain.relaxations import End
from checker.report.runs import run_lines
from checker.report.words import counted, ending

MOST_ROWS = 24
"""Measurements that are shown; of longer logs the first, the last, and those at a departure."""
DIGITS = 4
COLOURS = {
    Judgement.CONFORMS: "green",
    Judgement.DEPARTS: "bold red",
    Judgement.UNDECIDED: "yellow",
}
SENSES = {Sense.MOST: "at most", Sense.LEAST: "at least", Sense.VALUE: "equal to"}


def conformance_lines(found: Conformance, *, run: bool = False) -> Iterator[RenderableType]:
    """All that was found, the verdict first; with ``run``, the run that explains the log."""
    heading = Text(f"{found.scheme} against {found.measured.file}: ")
    heading.append(found.judgement.name, COLOURS[found.judgement])
    yield heading
    yield Text(_basis(found), "dim")
    yield Text(_senses(found), "dim")
    yield Text("")
    yield _table(found)
    yield from _reason(found)
    if found.measured.beside:
        yield from _beside(found)
    if run and found.explained is not None:
        yield Text("a run that explains it:")
        yield from run_lines(found.explained.run)
    if found.ended is not None:
        yield Text(f"The rest was {ending(found.ended)}.", "yellow")
    if found.estimates:
        yield from _estimates(found)
    if found.forecast is not None:
        yield from _forecast(found, found.forecast)
    if found.outlook:
        yield from _outlook(found)


def _basis(found: Conformance) -> str:
    measured = found.measured
    confidence = percent(measured.certainty.confidence)
    if not measured.cells:
        return "no counts: the values are taken as they are written"
    counts = counted(measured.cells, "count")
    return f"{counts}; all intervals hold together with confidence {confidence} or more"


def _indented(text: str, style: str = "") -> Padding:
    """A line that is indented also where it is wrapped."""
    return Padding(Text(text, style), (0, 0, 0, 2), expand=False)


def percent(share: Fraction) -> str:
    """A share as a percentage."""
    return f"{short_decimal(share * 100)}%"


def _senses(found: Conformance) -> str:
    """How the measured fields are read."""
    measured = {field for _, field, _ in found.measured}
    parts = []
    for sense, words in SENSES.items():
        names = dict.fromkeys(
            name for (_, name), s in found.senses.items() if s is sense and name in measured
        )
        if names:
            parts.append(f"{', '.join(names)} {words}")
    return "the run's numbers against the scheme's: " + "; ".join(parts) + " what it says"


def interval(low: Fraction, high: Fraction, digits: int = DIGITS) -> str:
    """An interval, its ends rounded outward."""
    if low == high:
        return short_decimal(low, digits)
    return f"{decimal_below(low, digits)}..{decimal_above(high, digits)}"


def _table(found: Conformance) -> Table:
    table = Table()
    for name in ("iteration", "field", "measured", "interval", "allowed"):
        table.add_column(name, justify="right" if name in ("measured", "interval") else "left")
    rows = list(found.measured)
    shown = _shown(found, rows)
    for before, number in zip([-1, *shown], shown, strict=False):
        if number > before + 1:
            table.add_row(*["..."] * 5)
        table.add_row(*_row(found, rows[number]), style=_style(found, rows[number]))
    return table


def _shown(found: Conformance, rows: Sequence[tuple[At, str, Measurement]]) -> list[int]:
    """The numbers of the rows that are shown: the first, the last, those around a departure."""
    if len(rows) <= MOST_ROWS:
        return list(range(len(rows)))
    part = MOST_ROWS // 3
    first = next((n for n, row in enumerate(rows) if row[0] in found.departs), 0)
    near = range(max(0, first - part // 2), min(len(rows), first + part // 2))
    return sorted({*range(part), *near, *range(len(rows) - part, len(rows))})


def _row(found: Conformance, row: tuple[At, str, Measurement]) -> list[str]:
    at, field, measurement = row
    counted = "" if measurement.counted is None else "{} of {}".format(*measurement.counted)
    return [
        f"{at[0]} {found.measured.positions[at[1]]}",
        field,
        counted or "value",
        interval(measurement.low, measurement.high),
        _allowed(found, at, field),
    ]


def _allowed(found: Conformance, at: At, field: str) -> str:
    """Where the step before leads, by what was measured until then."""
    low, high = ends_of(found, found.allowed, at, field)
    sense = found.senses[found.measured.positions[at[1]], field]
    if sense is Sense.LEAST or high is None:
        return f">= {decimal_below(low, DIGITS)}"
    if sense is Sense.MOST:
        return f"<= {decimal_above(high, DIGITS)}"
    return interval(low, high)


def ends_of(found: Conformance, given: Ranges, at: At, field: str) -> Ends:
    """The range of a field at a position, of ranges in the order of the run."""
    slot = at[0] * len(found.fields) + at[1]
    return given[slot][found.fields[at[1]].index(field)]


def _style(found: Conformance, row: tuple[At, str, Measurement]) -> str:
    return "red" if row[0] in found.departs else ""


def _reason(found: Conformance) -> Iterator[RenderableType]:
    exceeded = [each for each in found.observed if each.exceeded is not None]
    for each in sorted(exceeded, key=lambda each: (each.exceeded or ((0, 0),))[0]):
        yield Text(_exceeded(found, each), "bold")
    if found.departure is not None:
        yield from _departure(found, found.departure)
    elif found.judgement is Judgement.CONFORMS:
        yield Text("An allowed run lies within all intervals; it was replayed.")
    elif exceeded and found.explained is not None and _explained_whole(found):
        yield Text("The fields by themselves are explained by a run that is allowed otherwise.")
    else:
        yield Text(_undecided(found), "yellow")


def _explained_whole(found: Conformance) -> bool:
    iteration, place_ = found.measured.last
    last = iteration * len(found.fields) + place_
    return found.explained is not None and found.explained.until >= last


def _beside(found: Conformance) -> Iterator[RenderableType]:
    """The shares that are held against nothing, by position."""
    rows: dict[tuple[str, int], list[tuple[int, Measurement]]] = {}
    for at, shares in sorted(found.measured.beside.items()):
        for name, m in shares.items():
            rows.setdefault((name, at[1]), []).append((at[0], m))
    yield Text("Beside the scheme, held against nothing:")
    for (name, place_), each in rows.items():
        first, last = each[0], each[-1]
        text = f"{name} of the {found.measured.positions[place_]}: {_share(first)}"
        yield _indented(text if first is last else f"{text}, ..., {_share(last)}", "dim")


def _share(each: tuple[int, Measurement]) -> str:
    iteration, m = each
    return f"{interval(m.low, m.high)} at iteration {iteration}"


def _exceeded(found: Conformance, observed: Observed) -> str:
    """A parameter that was measured beyond its value."""
    assert observed.exceeded is not None
    at, m = observed.exceeded
    rank = f", rank {m.rank}" if m.rank is not None else ""
    return (
        f"{observed.name} itself was measured beyond its value at {place(found, at)} (row {m.row}"
        f"{rank}): {interval(m.low, m.high)}, assumed {SENSES[observed.sense]} "
        f"{short_decimal(observed.given, DIGITS)}."
    )


def _undecided(found: Conformance) -> str:
    if found.explained is None:
        return "No allowed run was found, and none was excluded."
    at = divmod(found.explained.until, len(found.measured.positions))
    return (
        f"An allowed run was found up to {place(found, at)} and none beyond, but none was "
        "excluded either; try a longer --timeout."
    )


def place(found: Conformance, at: At) -> str:
    """An iteration and position in words."""
    return f"the {found.measured.positions[at[1]]} of iteration {at[0]}"


def _departure(found: Conformance, departure: Departure) -> Iterator[RenderableType]:
    where = "the seed" if not departure.steps else place(found, departure.at)
    confidence = found.measured.certainty.confidence
    sure = f" With confidence {percent(confidence)}" if found.measured.cells else ""
    rows = ", ".join(str(r) for r in sorted({m.row for m in departure.found.values()}))
    yield Text(f"No allowed run has what was measured of {where} (row {rows}).{sure}", "bold")
    yield Text(f"it departs {_by(departure)}, {_earlier(departure)}.")
    overseen = sorted((e for e in departure.explanations if e.overseen), key=lambda e: e.ruled_out)
    broken = [e for e in departure.explanations if not e.overseen]
    if overseen:
        yield Text("Any one of these explains it, exceeded at least so far:")
    for excess in overseen:
        yield _indented(excess_words(excess), "dim" if excess.ruled_out else "")
    if broken:
        yield Text("Or oversight failed, after which the student is arbitrary:")
    for excess in broken:
        yield _indented(excess_words(excess), "dim")
    if not departure.explanations:
        yield Text("No assumption explains it by itself.")


def _by(departure: Departure) -> str:
    return "in the seed" if not departure.steps else f"by {' and '.join(departure.steps)}"


def _earlier(departure: Departure) -> str:
    if departure.first:
        return "and nothing departs earlier: the log is explained up to there"
    return "or earlier: no run was found that explains the log up to there"


def excess_words(excess: Excess) -> str:
    """An assumption that must be exceeded, and by how much."""
    up = excess.end is End.UPPER
    bound, word = ("at most", "least") if up else ("at least", "most")
    kind = f" ({excess.step})" if excess.kind is Blamed.CHOICE else ""
    rounded = decimal_below(excess.needed, DIGITS) if up else decimal_above(excess.needed, DIGITS)
    allowed = f"{bound} {short_decimal(excess.allowed, DIGITS)}"
    if excess.kind is Blamed.PARAMETER:
        allowed = short_decimal(excess.allowed, DIGITS)
    by = f", by {', '.join(excess.reads)}" if excess.reads else ""
    measured = ""
    if excess.measured is not None:
        low, high = excess.measured
        there = f">= {decimal_below(low, DIGITS)}" if high is None else interval(low, high, DIGITS)
        measured = f"; measured there: {there}"
        measured += ", so not by itself" if excess.ruled_out else ""
    return f"{excess.name}{kind}: at {word} {rounded}; assumed: {allowed}{by}{measured}"


def _estimates(found: Conformance) -> Iterator[RenderableType]:
    estimates, measured = found.estimates, found.measured
    sure = f", with confidence {percent(measured.certainty.confidence)}" if measured.cells else ""
    yield Text("")
    yield Text(f"What the run needs of each parameter, the others at their values{sure}:", "bold")
    for estimate in (e for e in estimates if e.identified and not e.empty):
        yield _indented(_estimate(estimate))
    empty = [e.name for e in estimates if e.empty]
    if empty:
        yield _indented(f"no value explains the log, of {', '.join(empty)}")
    yield from (_indented(line, "dim") for line in _silent(estimates))
    late = [e.name for e in estimates if e.cut_short]
    if late:
        yield _indented(f"out of time, perhaps more of {', '.join(late)}", "yellow")


def _silent(estimates: Sequence[Estimate]) -> Iterator[str]:
    """The parameters that the log does not identify, and why."""
    silent = [e for e in estimates if not e.identified and not e.cut_short]
    for why in Silent:
        here = [e for e in silent if e.silent is why]
        if not here:
            continue
        through = f" ({_through(here)})" if why is Silent.UNMEASURED else ""
        yield f"not identified, as {why.value}{through}: {', '.join(e.name for e in here)}"
    until = {e.until for e in estimates if e.until is not None}
    if until:
        yield f"from iterations 0 to {min(until)} alone: later ones were not looked at for this"


def _through(estimates: Sequence[Estimate]) -> str:
    return ", ".join(dict.fromkeys(name for e in estimates for name in e.through))


def _estimate(estimate: Estimate) -> str:
    """Between what the run needs of a parameter and what is enough for every step."""
    low = decimal_below(estimate.low, DIGITS)
    high = decimal_above(estimate.high, DIGITS)
    parts = []
    if estimate.measured is not None:
        parts.append(f"measured itself {interval(*estimate.measured)}")
    if estimate.low > estimate.domain[0]:
        parts.append(f"at least {low}")
    if estimate.high < estimate.domain[1]:
        parts.append(f"at most {high}")
    if estimate.enough is not None:
        parts.append(f"{short_decimal(estimate.enough)} is enough")
    return f"{estimate.name}: {', '.join(parts)} (given {short_decimal(estimate.given, DIGITS)})"


def _forecast(found: Conformance, forecast: Forecast) -> Iterator[RenderableType]:
    yield Text("")
    fitted = ", ".join(f"{n} = {short_decimal(v, DIGITS)}" for n, v in forecast.fitted.items())
    basis = f"with {fitted}" if fitted else "at the parameters given (nothing could be fitted)"
    yield Text(f"Forecast from iterations 0 to {forecast.until}, {basis}:", "bold")
    failed = forecast.failed
    if not failed:
        yield Text(f"  all {len(forecast.rows)} later measurements are within their range")
        return
    yield Text(f"  FAILED at {len(failed)} of {len(forecast.rows)} later measurements:", "red")
    for row in failed[:MOST_ROWS]:
        yield _indented(_failed(found, row))
    if len(failed) > MOST_ROWS:
        yield Text(f"  ... and {len(failed) - MOST_ROWS} more")


def _failed(found: Conformance, row: Ranged) -> str:
    low, high = row.ends
    said = f">= {decimal_below(low, DIGITS)}" if high is None else interval(low, high)
    measured = interval(row.measurement.low, row.measurement.high)
    return f"{row.field} of {place(found, row.at)}: {measured}, forecast {said}"


def _outlook(found: Conformance) -> Iterator[RenderableType]:
    yield Text("")
    for each in (outlook for outlook in found.outlook if outlook.broken):
        yield Text(f"{each.invariant}: broken by {_agents(each.broken)}", "bold red")
    iteration, place_ = found.measured.last
    agent = f"the agent of iteration {iteration + (place_ > 0)}"
    yield Text(f"From {agent} on, if every bound holds from there:", "bold")
    if found.departs:
        yield Text("  (its unmeasured fields taken to be as the scheme allows)", "dim")
    for outlook in found.outlook:
        yield _indented(outlook_words(outlook), _OUTLOOK_STYLES[outlook.kept])


def _agents(iterations: Sequence[int]) -> str:
    """The agents of iterations, as ranges."""
    parts: list[tuple[int, int]] = []
    for each in iterations:
        begun = parts.pop()[0] if parts and parts[-1][1] == each - 1 else each
        parts.append((begun, each))
    spans = ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in parts)
    one = len(iterations) == 1
    return f"the agent{'' if one else 's'} of iteration{'' if one else 's'} {spans}, as measured"


_OUTLOOK_STYLES = {
    Kept.FOREVER: "green",
    Kept.SOME_TIME: "",
    Kept.BROKEN: "red",
    Kept.OPEN: "yellow",
}


def outlook_words(outlook: Outlook) -> str:
    """What becomes of an invariant."""
    if outlook.kept is Kept.FOREVER:
        return f"{outlook.invariant}: guaranteed forever"
    if outlook.kept is Kept.BROKEN:
        return f"{outlook.invariant}: not guaranteed even now"
    if outlook.kept is Kept.SOME_TIME and not outlook.clear and outlook.breaks is not None:
        return f"{outlook.invariant}: holds now; an allowed run breaks it after {outlook.breaks}"
    clear = f"guaranteed for {counted(outlook.clear, 'more iteration')}"
    if outlook.breaks is not None:
        return f"{outlook.invariant}: {clear}; an allowed run breaks it after {outlook.breaks}"
    return f"{outlook.invariant}: {clear}, undecided beyond"
