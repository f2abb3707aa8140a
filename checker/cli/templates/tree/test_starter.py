"""pytest decides the claims of starter.py by itself (pyproject.toml); a test may state more."""

from alignspec import Claim, check
from starter import Accurate, starter


def test_a_quarter_checked_is_too_little() -> None:
    check(Claim("quarter", starter, Accurate(), at={"checked": "1/4"}, expected="refuted"))
