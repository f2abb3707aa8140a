"""Schemes and statements as a notebook shows them: plain HTML, in which every name is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape


def card(kind: str, name: str, about: str, parts: Iterable[str] = ()) -> str:
    """A heading with what follows it.

    Args:
        kind: what it is, such as "scheme".
        name: its name.
        about: a sentence; left out if it is empty.
        parts: HTML that follows, already escaped.
    """
    said = f"<p>{escape(about)}</p>" if about else ""
    return f"<div><p>{escape(kind)} <b>{escape(name)}</b></p>{said}{''.join(parts)}</div>"


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of texts, with a caption for who cannot see it."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def pairs(caption: str, values: Mapping[str, object]) -> str:
    """A table of names and values, without those that are empty."""
    rows = [(name, value) for name, value in values.items() if str(value)]
    return table(caption, ("", ""), rows) if rows else ""
