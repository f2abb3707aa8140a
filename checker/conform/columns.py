"""What the columns of a log are: the iteration, the position, the rank, or a part of a measured
field; by their own names, or by a mapping file's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs

from spec.errors import SpecError, did_you_mean
from spec.fields import FieldDomain
from spec.parameters import parameter_domains
from spec.scheme import Process

Fields = Mapping[str, Mapping[str, FieldDomain]]
"""The measured fields there can be, by position and name."""
BESIDE = "extra."
"""How the name of a column begins that is about something else than the scheme's fields."""
PARAMETER = "parameter"
"""The word before the name of a parameter that a column measures itself."""
ASIDE = "beside"
"""The word before the name of a share that is told with its interval, and held against nothing."""


class Part(Enum):
    """Which part of a measured field a column holds."""

    VALUE = ""
    """The value itself, of whose sampling error the log says nothing."""
    COUNT = "count"
    """How many of the draws were counted."""
    OF = "of"
    """How many draws there were."""
    LOW = "low"
    """The lower end of an interval that whoever wrote the log vouches for."""
    HIGH = "high"
    """Its upper end."""
    BASE_COUNT = "base.count"
    """Of an event that is counted where questions are asked: how often it was in training."""
    BASE_OF = "base.of"
    """Of how many draws of training."""


class Key(Enum):
    """A column that says which row it is."""

    ITERATION = "iteration"
    POSITION = "position"
    RANK = "rank"


@attrs.frozen
class Column:
    """A column that holds a part of a field, at its position; at the row's position for None."""

    name: str
    position: str | None
    field: str
    part: Part


@attrs.frozen
class Layout:
    """What every column of a log is.

    Args:
        keys: the columns that say which row it is, by what they say.
        columns: the columns that hold measurements.
    """

    keys: Mapping[Key, str]
    columns: tuple[Column, ...]

    @property
    def wide(self) -> bool:
        """Whether a row holds all positions of an iteration."""
        return Key.POSITION not in self.keys


@attrs.frozen
class Mapped:
    """What a mapping file says: names of columns for the keys, targets for others, those to ignore.

    Args:
        file: its name.
        keys: the columns of the keys that it names otherwise.
        targets: by column, such as ``"agent.error.count"``.
        ignored: columns that hold nothing of interest.
    """

    file: str = ""
    keys: Mapping[Key, str] = attrs.field(factory=dict)
    targets: Mapping[str, str] = attrs.field(factory=dict)
    ignored: tuple[str, ...] = ()


def read_mapping(path: str) -> Mapped:
    """A mapping file.

    Raises:
        SpecError: naming the file and what is wrong in it.
    """
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({_reason(error)}); give a TOML file", path) from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"no TOML: {error}; mend the syntax", path) from None
    known = [*(key.value for key in Key), "columns", "ignore"]
    for name in data:
        if name not in known:
            raise SpecError(f'no entry "{name}"; {_near(name, known)}', path)
    keys = {key: _text(data[key.value], key.value, path) for key in Key if key.value in data}
    columns, ignored = data.get("columns", {}), data.get("ignore", [])
    if not isinstance(columns, dict) or not isinstance(ignored, list):
        raise SpecError('write [columns] with lines name = "FIELD", and ignore = ["name"]', path)
    targets = {name: _text(target, name, path) for name, target in columns.items()}
    return Mapped(path, keys, targets, tuple(_text(name, "ignore", path) for name in ignored))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8 text"


def _text(value: Any, name: str, path: str) -> str:
    if not isinstance(value, str):
        raise SpecError(f'{name} is no text; write {name} = "..."', path)
    return value


def layout(header: Sequence[str], fields: Fields, mapped: Mapped, file: str) -> Layout:
    """What the columns of a header are.

    Raises:
        SpecError: for a column that is unknown, or lacks its other half.
    """
    _require_columns(header, mapped)
    keys = {key: mapped.keys.get(key, key.value) for key in Key}
    _require_commas(header, file)
    if keys[Key.ITERATION] not in header:
        raise SpecError(
            "the log has no column iteration; add it, or name it in a --mapping file as "
            'iteration = "step"',
            file,
        )
    columns = []
    for name in header:
        beside = name in mapped.ignored or name.startswith(BESIDE) or name in keys.values()
        if beside and name not in mapped.targets:
            continue
        columns.append(_column(name, mapped.targets.get(name, name), fields, file))
    found = Layout({key: name for key, name in keys.items() if name in header}, tuple(columns))
    _require_whole(found, fields, file)
    return found


def _require_commas(header: Sequence[str], file: str) -> None:
    for name, between in ((";", "semicolons"), ("\t", "tabs"), ("\r", "bare carriage returns")):
        if (len(header) == 1 or name == "\r") and name in "".join(header):
            raise SpecError(
                f"the header has {between} where commas and line feeds belong; save it as CSV "
                "with those",
                file,
            )
    for number, name in enumerate(header, 1):
        if not name:
            raise SpecError("has no name; name it, or leave it out", f"{file}: column {number}")


def _at(file: str, column: str) -> str:
    return f"{file}: column {column}"


def _require_columns(header: Sequence[str], mapped: Mapped) -> None:
    named = [*mapped.keys.values(), *mapped.targets]
    for name in named:
        if name not in header:
            raise SpecError(f'the log has no column "{name}"; {_near(name, header)}', mapped.file)


def _column(name: str, target: str, fields: Fields, file: str) -> Column:
    """The column of a target such as ``error``, ``error.count`` or ``agent.error.count``."""
    words = target.split(".")
    position = words.pop(0) if len(words) > 1 and words[0] in fields else None
    parts = {part.value: part for part in Part}
    named = 2 if words[0] in (PARAMETER, ASIDE) else 1
    field, part = ".".join(words[:named]), ".".join(words[named:])
    there = dict.fromkeys(f for p, known in fields.items() if position in (None, p) for f in known)
    if field in there and part in parts and (is_parameter(field) or parts[part] not in RATIO):
        return Column(name, position, field, parts[part])
    known = [key.value for key in Key] + list(_targets(fields))
    mapped = f' (mapped to "{target}")' if target != name else ""
    raise SpecError(
        f"no field of the scheme is meant{mapped}; {_near(target, known)}, or call it "
        f'{BESIDE}{name}, or list it under `ignore = ["..."]` in a --mapping file',
        _at(file, name),
    )


def _targets(fields: Fields) -> Iterator[str]:
    for position, known in fields.items():
        for field in known:
            for part in Part:
                if part in RATIO and not is_parameter(field):
                    continue
                end = f".{part.value}" if part.value else ""
                yield field + end
                yield f"{position}.{field}{end}"


def _near(name: str, known: Sequence[str]) -> str:
    plain = [n for n in known if "." not in n] or list(known)
    return did_you_mean(known, name) or f"there is {', '.join(dict.fromkeys(plain))}"


def _require_whole(found: Layout, fields: Fields, file: str) -> None:
    if not found.columns:
        raise SpecError("the log measures no field; add a column such as error.count", file)
    groups: dict[tuple[str | None, str], list[Column]] = {}
    for column in found.columns:
        groups.setdefault((column.position, column.field), []).append(column)
    for group in groups.values():
        _require_pair(group, file)
    if found.wide and len(fields) > 1:
        bare = next((column for column in found.columns if column.position is None), None)
        if bare is not None:
            raise SpecError(
                f"whose {bare.field} is this? add a column position ({' or '.join(fields)}), or "
                f"call it {next(iter(fields))}.{bare.name}",
                _at(file, bare.name),
            )
    if not found.wide:
        both = next((column for column in found.columns if column.position is not None), None)
        if both is not None:
            raise SpecError(
                "names a position, and so does the column position; leave one of them out",
                _at(file, both.name),
            )


PAIRS = ((Part.COUNT, Part.OF), (Part.LOW, Part.HIGH))
RATIO = (Part.BASE_COUNT, Part.BASE_OF)
"""These stand beside a count, and make a ratio of two of them."""


def is_parameter(field: str) -> bool:
    """Whether a measured field stands for a parameter of the scheme."""
    return field.startswith(f"{PARAMETER}.")


def is_aside(field: str) -> bool:
    """Whether a measured field stands for a share that is held against nothing."""
    return field.startswith(f"{ASIDE}.")


def with_parameters(fields: Fields, process: Process, mapped: Mapped | None = None) -> Fields:
    """The fields of a scheme, and at every position its parameters that are no whole numbers, and
    the shares beside the scheme that a mapping file names."""
    domains = [d for d in parameter_domains(process.parameters).values() if not d.structural]
    known = {
        f"{PARAMETER}.{d.name}": FieldDomain(
            f"{PARAMETER}.{d.name}", "real", d.low, d.high, None, d.doc
        )
        for d in domains
    }
    for target in () if mapped is None else mapped.targets.values():
        words = target.split(".")
        if words[0] in fields:
            words.pop(0)
        if words[0] == ASIDE and len(words) > 1:
            name = f"{ASIDE}.{words[1]}"
            known[name] = FieldDomain(name, "real", Fraction(0), Fraction(1), None, "a share")
    return {position: {**there, **known} for position, there in fields.items()}


def _require_pair(group: Sequence[Column], file: str) -> None:
    """That a field is logged in one way only, with both halves, each once."""
    parts = [column.part for column in group]
    for column in group:
        if parts.count(column.part) > 1:
            raise SpecError(f"a second column of {column.field}; keep one", _at(file, column.name))
    kinds = {part: pair for pair in ((Part.VALUE,), *PAIRS) for part in pair}
    needed = kinds | dict.fromkeys(RATIO, (*PAIRS[0], *RATIO))
    kinds |= dict.fromkeys(RATIO, PAIRS[0])
    for column in group:
        missing = [part for part in needed[column.part] if part not in parts]
        if missing:
            raise SpecError(
                f"has no {column.field}.{missing[0].value} beside it; log both",
                _at(file, column.name),
            )
    if len({kinds[part] for part in parts}) > 1:
        raise SpecError(
            f"{group[-1].field} is logged in two ways; keep one of "
            f"{', '.join(column.name for column in group)}",
            _at(file, group[-1].name),
        )
