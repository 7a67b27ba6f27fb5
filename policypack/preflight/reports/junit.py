"""The JUnit report, for CI systems: a suite per stack, a case per rule and resource."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from preflight.preview.state.graph import is_urn, urn_name, urn_type
from preflight.reports.formats import Style
from preflight.reports.model import Finding, Report, Run

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold."""


def render(report: Report, style: Style) -> str:
    """Return the report as XML, ending with a newline."""
    root = ElementTree.Element("testsuites", name="preflight")
    for run in report.runs:
        root.append(_suite(report, run))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, run: Run) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=f"{run.program} ({run.stack})", time=f"{run.seconds:.2f}")
    if report.time:
        suite.set("timestamp", report.time.removesuffix("+00:00"))
    properties = ElementTree.SubElement(suite, "properties")
    facts = {"stack": run.stack, "resources": run.resources, "rules": run.rules, "preflight": report.tool_version}
    facts |= {"commit": report.commit, "settings": run.settings.file if run.settings else ""}
    for name, value in facts.items():
        if value != "":
            ElementTree.SubElement(properties, "property", name=name, value=_clean(str(value)))
    said: dict[tuple[str, str], list[Finding]] = {}
    for finding in (*run.findings, *run.exempted):
        said.setdefault((finding.rule, finding.urn), []).append(finding)
    open_rules = {(item.rule, item.urn): item for item in run.undecided}
    held = {(rule, urn) for rule, urns in run.held.items() for urn in urns}
    for rule, urn in sorted(held | set(said) | set(open_rules)):
        case = _case(suite, rule, urn)
        findings = said.get((rule, urn), [])
        counted = [finding for finding in findings if finding.exemption is None and not finding.known]
        blocking = [finding for finding in counted if finding.blocks]
        if blocking:
            message = "; ".join(finding.message for finding in blocking)
            failure = ElementTree.SubElement(case, "failure", type=blocking[0].severity, message=_clean(message))
            failure.text = _clean("\n\n".join(_details(finding) for finding in blocking))
        elif findings:
            out = ElementTree.SubElement(case, "skipped", message=_clean(_why_not(findings[0])))
            out.text = _clean("\n\n".join(_details(finding) for finding in findings))
        elif (rule, urn) in open_rules:
            unknown = open_rules[rule, urn]
            ElementTree.SubElement(case, "skipped", message=_clean(f"undecided: {unknown.path} {unknown.reason}"))
    for failed in (*run.errors, *run.failures):
        case = _case(suite, failed.rule or "program", failed.urn)
        ElementTree.SubElement(case, "error", message=_clean(failed.error.splitlines()[0])).text = _clean(failed.error)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _case(suite: ElementTree.Element, rule: str, urn: str) -> ElementTree.Element:
    subject = f"{urn_type(urn)} {urn_name(urn)}" if is_urn(urn) else urn or "stack"
    return ElementTree.SubElement(suite, "testcase", classname=_clean(subject), name=rule)


def _why_not(finding: Finding) -> str:
    if finding.exemption is not None:
        return f"exempted: {finding.exemption.reason}"
    return f"in the baseline: {finding.message}" if finding.known else f"advisory: {finding.message}"


def _details(finding: Finding) -> str:
    place = f" at {finding.place}" if finding.place else ""
    return f"{finding.subject}{place}\n{finding.statement}\nwhy: {finding.why}\nfix: {finding.fix}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("�", text)
