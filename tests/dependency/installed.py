"""alignspec installed from its wheel, or as an editable copy, in an environment of its own."""

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
    """An environment that has alignspec, and the libraries of the tests'."""

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


def install(folder: Path, *, editable: bool = False) -> Installed:
    """Install a copy of the sources, without network: as a wheel, or editable as in a clone."""
    source, environment = folder / "source", folder / "environment"
    source.mkdir()
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    kind = "build_editable" if editable else "build_wheel"
    build = f"import sys, setuptools.build_meta as build; build.{kind}(sys.argv[1])"
    _python("-c", build, str(folder), cwd=source)
    _python("-m", "venv", "--without-pip", str(environment))
    (packages,) = environment.glob("lib/python*/site-packages")
    (wheel,) = folder.glob("*.whl")
    _python("-m", "pip", "--python", str(environment), "install", "--quiet", "--no-deps",
            "--no-index", str(wheel))  # fmt: skip
    libraries = sysconfig.get_path("purelib")  # its .pth files are not read: no repository
    (packages / "libraries.pth").write_text(f"{libraries}\n")
    return Installed(environment)


def _python(*arguments: str, cwd: Path | None = None) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
