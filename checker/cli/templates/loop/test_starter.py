"""pytest decides the claims of starter.py by itself (pyproject.toml); a test may state more."""

from alignspec import Claim, Real, check
from starter import Accurate, starter


def test_half_audited_is_twice_as_accurate() -> None:
    check(Claim("half", starter, Accurate(error=Real("1/20")), at={"audited": "1/2"}))
