"""Failing assertions in the modules that tests share are shown in full, as those in tests are."""

import os
import tempfile

import pytest

pytest.register_assert_rewrite("tests.spec.traps", "tests.support", "tests.contracts.school")

# verdicts that an earlier run kept are not what is tested
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="alignspec-tests-")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that put hard questions to the solver run last: afterwards the heap of their process is
    in pieces, and all that is asked in it takes several times as long."""
    items.sort(key=lambda item: item.get_closest_marker("hard") is not None)
