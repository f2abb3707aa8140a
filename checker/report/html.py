"""HTML pages from templates: every text is escaped, and a name that is not given is an error."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_ENVIRONMENT = Environment(
    loader=PackageLoader("checker.report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **parts: Any) -> str:
    """The page that a template of this folder gives."""
    return _ENVIRONMENT.get_template(template).render(**parts)


def embedded(data: Any) -> Markup:
    """Data as JSON that can stand within a page's script: no text in it can end the script."""
    return Markup(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"))
