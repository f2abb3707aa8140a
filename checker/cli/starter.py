"""The command ``new``: a folder with a scheme, its claims and a test, to begin from.

A template is a folder of files that speak of ``starter``; the name of the new scheme takes the
place of that word.
"""

from __future__ import annotations

import io
import keyword
import re
import shutil
import sys
import tempfile
import tokenize
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from checker.cli.options import UsageError, require_one_of

TEMPLATES = {
    "amplify": "iterated amplification: an agent, an amplified one, two steps between them",
    "loop": "any other training process: one step, repeated",
    "tree": "answers put together over trees of every depth",
    "world": "a step, and that it is right about every world of questions",
}
"""What each template is about."""

PLACES = {"workflow.yml": ".github/workflows/alignspec.yml"}
"""Where a template's file is put, if not under its own name."""

TAKEN = {"alignspec", "checker", "models", "properties", "spec", "starter", "test", "tests"}
"""Names that would hide a package that the starter needs, or be hidden by one."""


def new(name: str, template: str, as_json: bool) -> None:
    """Write a starter below the working folder, and say what to do with it."""
    written = create(name, template, Path.cwd())
    if as_json:
        from checker.cli.console import print_json
        from checker.report.documents import versioned

        print_json(versioned(created=name, template=template, files=written))
        return
    module = module_of(name)
    print(f"made {name}, {TEMPLATES[template]}:")
    for file in written:
        print(f"  {file}")
    print("\nnext:")
    for command in (f"cd {name}", f"alignspec check {module}.py", "python -m pytest"):
        print(f"  {command}")


def create(name: str, template: str, folder: Path) -> list[str]:
    """Write a new starter below a folder, whole or not at all; the files that it has.

    Raises:
        UsageError: for a name that cannot be a module's, a template that there is not, or a folder
            that is there already.
    """
    require_one_of(template, "--template", tuple(TEMPLATES))
    _require_name(name)
    texts = {**_texts("common"), **_texts(template)}
    if module_of(name) in _identifiers(texts["starter.py"]):
        raise UsageError(f'"{name}" is a name that the template uses; choose e.g. my-{name}')
    home = folder / name
    if home.exists() or home.is_symlink():
        raise UsageError(
            f"{name} is there already, and nothing is overwritten; choose another name"
        )
    made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
    try:
        made.chmod(0o755)
        written = [_write(made, place, text, name) for place, text in texts.items()]
        made.rename(home)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return sorted(f"{name}/{place}" for place in written)


def module_of(name: str) -> str:
    """The module that a scheme of this name is written in."""
    return name.replace("-", "_")


def _require_name(name: str) -> None:
    module = module_of(name)
    better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    better = better if re.match(r"[a-z]", better) else f"scheme-{better}".strip("-")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UsageError(
            f'"{name}" is no name for a scheme; write small letters, digits and single hyphens, '
            f"e.g. {better}"
        )
    taken = keyword.iskeyword(module) or module in TAKEN or module in sys.stdlib_module_names
    if taken or find_spec(module):
        raise UsageError(
            f'"{name}" is the name of something else in Python; choose another, e.g. my-{name}'
        )


def _identifiers(text: str) -> set[str]:
    """The identifiers of a Python text."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def _texts(template: str) -> dict[str, str]:
    """The files of one template, by the place that each is put at."""
    found = files("checker.cli") / "templates" / template
    return {
        PLACES.get(file.name, file.name): file.read_text("utf-8")
        for file in found.iterdir()
        if file.is_file()
    }


def _write(folder: Path, place: str, text: str, name: str) -> str:
    """Write one file with the name put in; where it was put."""
    place = _named(place, name)
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_named(text, name), "utf-8")
    return place


def _named(text: str, name: str) -> str:
    """The text about a scheme of this name: the name itself in quotes, its module elsewhere."""
    return re.sub(
        r'"starter(?=["/])|starter',
        lambda found: f'"{name}' if found[0][0] == '"' else module_of(name),
        text,
    )
