"""pytest decides the claims of starter.py by itself (pyproject.toml); a test may state more."""

from alignspec import Claim, check
from starter import Accurate, starter


def test_three_parts_need_no_more_checking() -> None:
    check(Claim("three", starter, Accurate(), at={"parts": 3}))
