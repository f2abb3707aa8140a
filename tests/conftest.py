"""Failing assertions in the modules that tests share are shown in full, as those in tests are."""

import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.processes import FileProcesses

pytest.register_assert_rewrite("tests.spec.traps", "tests.support", "tests.contracts.school")

# verdicts that an earlier run kept are not what is tested
CACHES = tempfile.mkdtemp(prefix="alignspec-tests-")
os.environ["XDG_CACHE_HOME"] = CACHES

# how busy the machine is makes no test fail
SLOW = HealthCheck.too_slow
settings.register_profile("any machine", deadline=None, suppress_health_check=[SLOW])
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """Each file of tests runs in a process of its own, unless someone steps through it."""
    if hasattr(os, "fork") and not config.getoption("usepdb"):
        config.pluginmanager.register(FileProcesses())


def pytest_unconfigure() -> None:
    """What the tests cached goes when they end."""
    shutil.rmtree(CACHES, ignore_errors=True)
