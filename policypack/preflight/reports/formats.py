"""The formats by name. Each is a module beside this one, imported when it is asked for."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from preflight.reports.model import Report


@dataclass(frozen=True)
class Style:
    """How much a report shows; what a format has no place for, it leaves out."""

    strict: bool = False
    """Rules that could not be judged yet, too."""
    advisories: bool = False
    """Every advisory of a compliance rule, instead of their number."""
    quiet: bool = False
    """Findings that block, and the last line."""
    statistics: bool = False
    """Findings by rule."""
    evidence: bool = False
    """Every rule and resource that passed."""


FORMATS: Final = ("text", "json", "sarif", "junit", "markdown", "github", "gitlab", "html")


_NEEDS: Final = {"html": ("jinja2", "rustworkx")}


def missing(form: str) -> str:
    """Return what is to be done before a format can be made here, empty when it can."""
    lacking = [name for name in _NEEDS.get(form, ()) if importlib.util.find_spec(name) is None]
    if not lacking:
        return ""
    return f"format {form} needs {' and '.join(lacking)}: pip install 'pulumi-preflight[{form}]'"


def render(report: Report, form: str, style: Style) -> str:
    """Return a report in one of :data:`FORMATS`, ending with a newline unless it is empty."""
    module = importlib.import_module(f"preflight.reports.{form}")
    function: Callable[[Report, Style], str] = module.render
    return function(report, style)
