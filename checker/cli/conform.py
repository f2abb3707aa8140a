"""The command ``conform``: a measured run against its scheme."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import attrs
import typer
import z3
from rich.text import Text

from checker.backends.solver import QueryBudget
from checker.cli.console import err, out, print_json, status
from checker.cli.guarded import rehearse, value_of
from checker.cli.targets import claims_of_loop
from checker.cli.values import chosen_values
from checker.cli.workers import Ended, Limits, carry_out_one
from checker.conform.columns import read_mapping, with_parameters
from checker.conform.conformance import Asked, conformance
from checker.conform.findings import Conformance, Judgement
from checker.conform.log import read_log
from checker.conform.measured import Certainty, Sense, Taken
from checker.conform.measurement import measure, measured_parameters
from checker.conform.observed import parameter_senses
from checker.conform.relation import bounding, fields_by_position, senses_of
from checker.report.conform import conformance_lines
from checker.report.documents import document, versioned
from checker.system.announcements import announce
from checker.system.problem import Problem
from checker.system.transition_system import problem_of
from spec.errors import SpecError
from spec.statements.claim import Claim
from spec.terms import exact

QUERY_SECONDS = 2.0
"""Seconds of solving for one query."""
PAUSE = 0.5
"""Seconds after which a log that is followed is looked at again."""
SHARE = 0.9
"""The part of the time after which nothing more is asked, so that what was found can be told."""


@attrs.frozen
class Options:
    """What is asked of a log.

    Args:
        mapping: a mapping file, or "".
        confidence: with which all intervals hold together.
        within: how far values may be off; None if they are refused.
        told: how fields are to be read that are not to be read as usual.
        gaps: whether iterations may be missing.
        growing: whether the log may grow.
        fit_until: the last iteration of the prefix of a forecast; None for no forecast.
        fit: the parameters that are fitted to it; the ones that bound nature for none.
        seconds: the time that there is.
    """

    mapping: str
    confidence: Fraction
    within: Fraction | None
    told: Mapping[str, Sense]
    gaps: bool
    growing: bool
    fit_until: int | None
    fit: tuple[str, ...]
    seconds: float


@attrs.frozen
class _Conforming:
    """A log to be judged, named so that another process can find the scheme again."""

    target: str
    log: str
    params: Mapping[str, Fraction]
    options: Options

    @property
    def claims(self) -> list[Claim]:
        """What is claimed of the scheme at its defaults.

        Raises:
            SpecError: when the target names no one loop.
        """
        return claims_of_loop(self.target)

    def run(self) -> Conformance:
        """Judge it."""
        options, claims = self.options, self.claims
        process = claims[0].scheme
        fields = fields_by_position(process)
        mapped = read_mapping(options.mapping) if options.mapping else None
        announce(f"reading {self.log}")
        fields = with_parameters(fields, process, mapped)
        log = read_log(self.log, fields, mapped, gaps=options.gaps)
        plain = problem_of(process, self.params)
        _require_assumptions(plain)
        names = measured_parameters(log)
        told = {field: sense for field, sense in options.told.items() if field not in names}
        senses = senses_of(plain, [claim.invariant for claim in claims], told)
        relation = bounding(plain, senses)
        budget = QueryBudget(QUERY_SECONDS, time.monotonic() + SHARE * options.seconds)
        beside = parameter_senses(relation, names, options.told, budget)
        certainty = Certainty(options.confidence, options.growing)
        measured = measure(log, fields, senses, certainty, Taken(options.within), beside)
        asked = Asked(tuple(claims), True, options.fit_until, options.fit)
        return conformance(process, relation, measured, budget, asked)


def _require_assumptions(plain: Problem) -> None:
    """That the scheme's assumptions hold at the parameters.

    Raises:
        SpecError: naming one that does not.
    """
    for name, text, condition in plain.traced.assumptions:
        if z3.is_false(z3.simplify(condition)):
            raise SpecError(f"the scheme assumes {name}, which fails here: {text}", "")


@attrs.frozen
class Shown:
    """How what was found is shown.

    Args:
        as_json: as a document.
        picture: the file of a picture, or "".
        run: whether the run that explains the log is told.
        follow: whether the log is judged again whenever it grows.
    """

    as_json: bool = False
    picture: str = ""
    run: bool = False
    follow: bool = False


def senses_told(
    most: Sequence[str] | None, least: Sequence[str] | None, equal: Sequence[str] | None
) -> dict[str, Sense]:
    """How the user says that fields are to be read.

    Raises:
        SpecError: for a field that is told twice.
    """
    told: dict[str, Sense] = {}
    for names, sense in ((most, Sense.MOST), (least, Sense.LEAST), (equal, Sense.VALUE)):
        for name in names or ():
            if told.setdefault(name, sense) is not sense:
                raise SpecError(f"{name} is told to be read in two ways; keep one", "")
    return told


def conform(
    target: str, log: str, params: Sequence[str], options: Options, shown: Shown, *, memory: float
) -> None:
    """Judge a log and print what was found.

    Raises:
        SpecError: when the target is no one loop, or the log cannot be right.
        typer.Exit: with status 1 if the run does not conform.
    """
    limits = Limits(options.seconds, memory)
    rehearse([target], limits)
    work = _Conforming(target, log, {}, options)
    work = attrs.evolve(work, params=chosen_values(work.claims[0], params))
    if shown.follow:
        _follow(work, limits, shown)
        return
    found = _judged(work, limits, shown)
    _show(found, shown)
    if found.judgement is not Judgement.CONFORMS:
        raise typer.Exit(1)


def _judged(work: _Conforming, limits: Limits, shown: Shown) -> Conformance:
    """What is found, or what was known of it when the work was ended."""
    with status(quiet=shown.as_json) as tell:
        outcome = carry_out_one(
            work, limits, lambda said: tell(said) if isinstance(said, str) else None
        )
    if isinstance(outcome, Ended):
        for said in outcome.announced:
            if isinstance(said, Conformance):
                return attrs.evolve(said, ended=outcome.stopped)
    return value_of(outcome, f"judging {work.log}")


def _follow(work: _Conforming, limits: Limits, shown: Shown) -> None:
    """Judge the log whenever it has grown, until the user interrupts.

    A last line that has no end yet is still being written, and is left for the next time.
    """
    seen = -1
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / Path(work.log).name
        while True:
            content = Path(work.log).read_bytes()
            content = content[: content.rfind(b"\n") + 1]
            if len(content) != seen and content.count(b"\n") > 1:
                seen = len(content)
                copy.write_bytes(content)
                _show_again(attrs.evolve(work, log=str(copy)), work.log, limits, shown)
            time.sleep(PAUSE)


def _show_again(work: _Conforming, name: str, limits: Limits, shown: Shown) -> None:
    """Judge a copy of a log that grows; a row that is wrong now may be mended later."""
    try:
        found = _judged(work, limits, shown)
    except SpecError as error:
        err.print(Text(str(error).replace(work.log, name), "red"), highlight=False)
        return
    measured = attrs.evolve(found.measured, file=name)
    _show(attrs.evolve(found, measured=measured), shown)


def _show(found: Conformance, shown: Shown) -> None:
    if shown.picture:
        from checker.cli.conform_picture import draw_conformance

        draw_conformance(found, Path(shown.picture))
    if shown.as_json:
        print_json(versioned(conformance=document(found)))
        return
    for line in conformance_lines(found, run=shown.run):
        out.print(line, highlight=False)
    if shown.picture:
        out.print(f"written: {shown.picture}", highlight=False)


def options_of(
    *,
    mapping: str,
    confidence: str,
    exactly: bool,
    within: str,
    told: Mapping[str, Sense],
    gaps: bool,
    growing: bool,
    fit_until: int | None,
    fit: Sequence[str],
    seconds: float,
) -> Options:
    """The options as they were typed.

    Raises:
        SpecError: for a number that means nothing.
    """
    share = _number(confidence, "--confidence")
    if not 0 <= share < 1:
        raise SpecError(f"--confidence {confidence} is not in [0, 1); try 0.99", "")
    off = Fraction(0) if exactly else (_number(within, "--within") if within else None)
    if off is not None and off < 0:
        raise SpecError(f"--within {within} is below 0; try 0.01", "")
    return Options(mapping, share, off, told, gaps, growing, fit_until, tuple(fit), seconds)


def _number(text: str, option: str) -> Fraction:
    try:
        return exact(text)
    except SpecError as error:
        raise SpecError(f"{option}: {error.message}", "") from None
