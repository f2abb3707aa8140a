"""Failing assertions in the modules that tests share are shown in full, as those in tests are."""

import os
import tempfile

import pytest

pytest.register_assert_rewrite("tests.spec.traps", "tests.support", "tests.contracts.school")

# verdicts that an earlier run kept are not what is tested
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="alignspec-tests-")
