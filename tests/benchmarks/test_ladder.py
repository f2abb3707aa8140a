"""The ladder's claims about many coupled agents are decided."""

from __future__ import annotations

from checker import decide


def test_sixty_four_coupled_agents_are_decided() -> None:
    from benchmarks.ladder import LADDERS

    for one in LADDERS:
        if one.name.startswith("voting"):
            assert decide(one.claim(64)).answer is one.right
