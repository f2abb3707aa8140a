"""Formulas written as plain text, shown with their indices below and their exponents above.

A formula reads the same in an editor, in a terminal and in the code that it is about: ``g^d x``,
``F_(i-1)``, ``s_{n+1}``. The site sets it as mathematics is set. Code is left alone.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

GROUP = r"\{(?P<braced>[^{}]+)\}|(?P<bare>\((?:[^()]|\([^()]*\))*\)|-?\w+)"
INDEX = rf"(?<![^\W_])(?P<of>[^\W\d_]|gamma|delta|rho|eps|log)_(?:{GROUP})"
EXPONENT = rf"(?<=[\w)\]'\u0003])\^(?:{GROUP})"
"""After a letter, a digit, a bracket, or an index (of which Markdown leaves the mark U+0003)."""


class Raised(InlineProcessor):
    """An exponent, above."""

    def handleMatch(self, found: re.Match[str], data: str) -> tuple[Element, int, int]:  # noqa: N802
        """The element, and where the text that it stands for begins and ends."""
        element = Element("sup")
        element.text = found["braced"] or _without_brackets(found["bare"])
        return element, *found.span(0)


class Lowered(InlineProcessor):
    """A letter with an index, below."""

    def handleMatch(self, found: re.Match[str], data: str) -> tuple[Element, int, int]:  # noqa: N802
        """The element, and where the text that it stands for begins and ends."""
        element = Element("span")
        element.text = found["of"]
        index = SubElement(element, "sub")
        index.text = found["braced"] or _without_brackets(found["bare"])
        return element, *found.span(0)


class Formulas(Extension):
    """Indices and exponents outside code."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Put both before emphasis, and after code and links."""
        md.inlinePatterns.register(Lowered(INDEX, md), "formula-index", 72)
        md.inlinePatterns.register(Raised(EXPONENT, md), "formula-exponent", 71)


def makeExtension(**options: object) -> Formulas:  # noqa: N802
    """What Markdown asks a module of an extension for."""
    return Formulas(**options)


def _without_brackets(text: str) -> str:
    """The text without the brackets that only held it together."""
    return text[1:-1] if text.startswith("(") and text.count("(") == 1 else text
