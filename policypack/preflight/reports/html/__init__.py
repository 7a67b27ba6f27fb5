"""The HTML report: one self-contained file without network; only filters and the graph need JavaScript."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from markupsafe import Markup

from preflight.judging.spelling import MARK
from preflight.judging.wording import controls_text
from preflight.reports.formats import Style
from preflight.reports.html.compliance import frameworks
from preflight.reports.html.graph import picture, shortened
from preflight.reports.model import SEVERITIES, Finding, Report, Run, headline
from preflight.reports.text import error_text, grouped, weight

_WORDS: Final = {
    "passed": "Nothing blocks the deployment",
    "blocked": "Mandatory findings block the deployment",
    "failed": "The program or a rule failed, so not everything was judged",
}


def render(report: Report, style: Style) -> str:
    """Return the page."""
    return _template().render(
        report=report,
        words=_WORDS[report.verdict],
        runs=[_run(run, index) for index, run in enumerate(report.runs)],
        severities=SEVERITIES,
        css=_resource("page.css"),
        js=_resource("page.js"),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"marked": _marked, "shortened": shortened, "controls": controls_text, "error": error_text}
    return environment.from_string(_resource("page.html.j2"))


def _marked(text: str) -> Markup:
    """A text whose code in backticks is shown as code."""
    parts = MARK.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else part for index, part in enumerate(parts)
    )


def _resource(name: str) -> str:
    return (files("preflight.reports.html") / name).read_text("utf-8")


def _run(run: Run, index: int) -> dict[str, Any]:
    entries = sorted((*run.findings, *run.exempted), key=lambda item: (*weight(item), item.rule, item.urn))
    numbers = {id(item): f"f{index}-{number}" for number, item in enumerate(entries)}
    groups = [
        {"first": group[0], "rows": [_row(item, numbers[id(item)]) for item in group]} for group in grouped(entries)
    ]
    urns: dict[str, list[Finding]] = {}
    for item in entries:
        urns.setdefault(item.urn, []).append(item)
    drawn = picture(run.nodes, urns)
    about = {
        urn: [{"id": numbers[id(item)], "rule": item.rule, "severity": item.severity} for item in found]
        for urn, found in urns.items()
    }
    nodes = [
        {
            "name": box.node.name,
            "type": box.node.type,
            "place": str(box.node.place or ""),
            "findings": about.get(box.node.urn, []),
        }
        for box in drawn.boxes
    ]
    edges = [[edge.source, edge.target, edge.label] for edge in drawn.edges]
    return {
        "run": run,
        "id": f"run{index}",
        "headline": headline(run),
        "groups": groups,
        "counts": Counter(item.severity for item in run.findings if not item.known),
        "picture": drawn,
        "data": _script({"nodes": nodes, "edges": edges}),
        "frameworks": frameworks(run),
    }


def _row(item: Finding, identity: str) -> dict[str, Any]:
    words = (item.rule, item.title, item.name, item.type, item.urn, item.path, item.message, str(item.place or ""))
    status = "exempted" if item.exemption else "known" if item.known else "blocking" if item.blocks else "advisory"
    return {
        "finding": item,
        "id": identity,
        "status": status,
        "text": " ".join(words).lower(),
        "frameworks": " ".join(item.controls),
    }


def _script(value: Any) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
