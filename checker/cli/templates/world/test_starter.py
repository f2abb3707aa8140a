"""pytest decides the claims of starter.py by itself (pyproject.toml); a test may state more."""

from alignspec import Claim, check
from starter import Accurate, starter


def test_without_audits_errors_build_up() -> None:
    check(Claim("unaudited", starter, Accurate(), at={"audited": 0}, expected="refuted"))
