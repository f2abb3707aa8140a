"""How often a process of the command looks for garbage."""

from __future__ import annotations

import gc

SELDOM = 50_000
"""New objects after which it looks: hardly any of what is read or decided is in a cycle."""


def collect_seldom() -> None:
    """Look for garbage no oftener than that from now on."""
    gc.set_threshold(SELDOM)
