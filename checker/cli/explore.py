"""The command ``explore``: a page on this machine with a slider for each parameter."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from collections.abc import Sequence
from fractions import Fraction

from checker.cli.explore_requests import Subject
from checker.cli.explore_server import Serving, serve
from checker.cli.exploring import explored
from checker.cli.guarded import rehearse
from checker.cli.values import parameters, require_known
from checker.cli.workers import Limits
from checker.report.explorer import Panel
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
    panels = [_panel(subject, chosen) for subject in subjects]
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


def _panel(subject: Subject, chosen: dict[str, Fraction]) -> Panel:
    scheme = subject.claims[0].scheme
    own = {n: v for n, v in chosen.items() if n in parameter_domains(scheme.parameters)}
    settle(scheme.parameters, own, "--param")
    return Panel(scheme, subject.claims, own)
