"""alignspec installed from its wheel, in an environment without the repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import attrs

from tests.support import ROOT

PACKAGES = ("alignspec", "spec", "models", "properties", "checker", "recheck")


@attrs.frozen
class Installed:
    """An environment that has alignspec from its wheel, and the libraries of the tests'."""

    folder: Path

    def run(self, *command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command of the environment, as it is typed in a folder."""
        return subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={
                "PATH": str(self.folder / "bin"),
                "HOME": str(self.folder),
                "MYPY_CACHE_DIR": str(self.folder / "types"),
                **environment,
            },
        )


def install(folder: Path) -> Installed:
    """Build the wheel from a copy of the sources, without network, and install it."""
    source, environment = folder / "source", folder / "environment"
    source.mkdir()
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    _python("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation",
            "--wheel-dir", str(folder), str(source))  # fmt: skip
    _python("-m", "venv", "--without-pip", str(environment))
    (packages,) = environment.glob("lib/python*/site-packages")
    (wheel,) = folder.glob("*.whl")
    _python("-m", "pip", "--python", str(environment), "install", "--quiet", "--no-deps",
            "--no-index", str(wheel))  # fmt: skip
    libraries = sysconfig.get_path("purelib")  # its .pth files are not read: no repository
    (packages / "libraries.pth").write_text(f"{libraries}\n")
    return Installed(environment)


def _python(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
