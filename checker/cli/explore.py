"""The command ``explore``: a page on this machine with a slider for each parameter."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

from checker.cli.explore_requests import Subject
from checker.cli.explore_server import Serving, serve
from checker.cli.exploring import ChoosingAxes, explored
from checker.cli.guarded import guarded, rehearse
from checker.cli.values import parameters, require_known
from checker.cli.workers import Limits
from checker.parameters.axes import Axis
from checker.report.explorer import Panel
from spec.errors import SpecError
from spec.parameters import parameter_domains, settle


def explore(
    targets: Sequence[str],
    params: Sequence[str],
    *,
    port: int,
    show: bool,
    timeout: float,
    memory: float,
) -> None:
    """Serve the page for one scheme, or for two side by side, until Ctrl-C.

    Raises:
        SpecError: for a target that is no one loop, a parameter that none of them has, or a port
            that is in use.
    """
    rehearse(targets, Limits(timeout, memory))
    subjects = [Subject(target, explored(target)) for target in targets]
    chosen = parameters(params)
    panels = [_panel(subject, chosen, Limits(timeout, memory)) for subject in subjects]
    known = {n for panel in panels for n in parameter_domains(panel.scheme.parameters)}
    require_known(chosen, known)

    def ready(address: str) -> None:
        print(f"{address}\nCtrl-C ends it", flush=True)
        if show and sys.stdout.isatty():
            webbrowser.open(address)

    try:
        asyncio.run(serve(Serving(subjects, panels, timeout, memory), port, ready))
    except KeyboardInterrupt:
        print()


def _panel(subject: Subject, chosen: dict[str, Fraction], limits: Limits) -> Panel:
    scheme = subject.claims[0].scheme
    own = {n: v for n, v in chosen.items() if n in parameter_domains(scheme.parameters)}
    settle(scheme.parameters, own, "--param")
    axes: tuple[Axis, ...] = ()
    with suppress(SpecError):  # the verdict says what is wrong
        axes = guarded(ChoosingAxes(subject.target, own), limits, "choosing what the map shows")
    return Panel(scheme, subject.claims, own, axes)
