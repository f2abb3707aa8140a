"""Failing assertions in the modules that tests share are shown in full, as those in tests are."""

import pytest

pytest.register_assert_rewrite("tests.spec.traps", "tests.support", "tests.contracts.school")
