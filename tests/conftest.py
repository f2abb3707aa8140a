"""Failing assertions in the modules that tests share are shown in full, as those in tests are."""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.processes import FileProcesses

pytest.register_assert_rewrite("tests.spec.traps", "tests.support", "tests.contracts.school")

# verdicts that an earlier run kept are not what is tested
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="alignspec-tests-")

# how busy the machine is makes no test fail
SLOW = HealthCheck.too_slow
settings.register_profile("any machine", deadline=None, suppress_health_check=[SLOW])
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """Each file of tests runs in a process of its own, unless someone steps through it."""
    if hasattr(os, "fork") and not config.getoption("usepdb"):
        config.pluginmanager.register(FileProcesses())
