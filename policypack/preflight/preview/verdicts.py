"""From what packs said to what reports show: findings in the shape of the JSON contract, in a stable order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from preflight.judging.exemptions import HOLDS
from preflight.preview.engine.deployment import Deployment
from preflight.preview.packs.running import RunningPack
from preflight.preview.state.graph import Location, is_urn, urn_name, urn_type
from preflight.preview.state.outcome import Outcome
from preflight.serving.protocol import level_name, severity_name
from preflight.wire import redacted, to_python

_CANNOT_RUN: Final = re.compile(r"^can't run policy '(?P<rule>[^']+)' from policy pack .* during preview: ")
SEVERITY_ORDER: Final = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def collect(deployment: Deployment, packs: Sequence[RunningPack], outcome: Outcome, base: Path) -> None:
    """Fill ``outcome`` with what the packs found; file names are relative to ``base`` where they lie below it."""
    for pack in packs:
        verdicts = pack.take_verdicts()
        if verdicts is not None:
            outcome.rules += int(verdicts.get("rules", 0))
            outcome.findings.extend(verdicts.get("findings", ()))
            outcome.undecided.extend(verdicts.get("undecided", ()))
            outcome.exempted.extend(verdicts.get("exempted", ()))
            outcome.failures.extend(verdicts.get("failures", ()))
            for rule, urns in verdicts.get("held", {}).items():
                outcome.held.setdefault(rule, []).extend(sorted(urns))
        else:
            outcome.rules += sum(policy.level != "disabled" for policy in pack.policies.values())
            _from_diagnostics(deployment, pack, outcome)
        for gap in _gaps(deployment, pack, verdicts, whole_stack=not outcome.errors):
            outcome.failures.append({"rule": pack.name, "urn": "", "error": gap})
    for pack, urn, error in deployment.judges.failures:
        outcome.failures.append({"rule": pack.name, "urn": urn, "error": error})
    for _, urn, remediation in deployment.judges.remediations:
        outcome.remediations.append(
            {
                "rule": remediation.policyName,
                "urn": urn,
                "message": remediation.diagnostic or remediation.description,
                "properties": redacted(to_python(remediation.properties)),
            }
        )
    for entry in (*outcome.findings, *outcome.failures, *outcome.exempted):
        entry["location"] = location_entry(deployment.graph.location(entry.get("urn") or ""), base)
    for entry in outcome.findings:
        if entry.get("where") and outcome.settings is not None:
            line = str(entry["where"]).rpartition(":")[2]
            entry["location"] = {"file": shown_path(str(outcome.settings), base), "line": int(line)}
    outcome.findings.sort(
        key=lambda item: (
            item["urn"],
            SEVERITY_ORDER.get(item["severity"], 9),
            item["rule"],
            item["path"] or "",
            item["message"],
        )
    )
    for entries in (outcome.undecided, outcome.exempted, outcome.failures, outcome.remediations):
        entries.sort(
            key=lambda item: (
                str(item.get("urn")),
                str(item.get("rule")),
                str(item.get("path")),
                str(item.get("error")),
            )
        )
    outcome.prerequisites = sorted(
        deployment.prerequisites, key=lambda item: (item.token, item.what, str(item.arguments))
    )


def _gaps(
    deployment: Deployment, pack: RunningPack, verdicts: Mapping[str, Any] | None, *, whole_stack: bool
) -> Iterator[str]:
    """What a pack has left unjudged of what it was asked: no finding there means nothing."""
    enabled = [name for name, policy in pack.policies.items() if policy.level != "disabled" and name != HOLDS.id]
    if not enabled:
        yield "no rule of the pack is enabled, so nothing was judged"
        return
    failed = {urn for source, urn, _ in deployment.judges.failures if source is pack}
    asked = [item.urn for item in deployment.graph.managed()]
    answered = deployment.judges.judged[pack]
    if verdicts is not None:
        answered = answered & set(verdicts["analyzed"])
        if verdicts["rules"] != len(enabled):
            yield f"announced {len(enabled)} rules and asked {verdicts['rules']}"
        if whole_stack and not verdicts["stack"] and "" not in failed:
            yield "did not judge the stack as a whole"
    missing = [urn for urn in asked if urn not in answered and urn not in failed]
    if missing:
        shown = ", ".join(map(urn_name, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        yield f"did not judge {len(missing)} of {len(asked)} resources: {shown}"


def _from_diagnostics(deployment: Deployment, pack: RunningPack, outcome: Outcome) -> None:
    """Build findings of a pack that speaks nothing but the Analyzer protocol."""
    for source, urn, diagnostic in deployment.judges.diagnostics:
        if source is not pack:
            continue
        cannot = _CANNOT_RUN.match(diagnostic.message)
        if cannot:
            outcome.undecided.append({"rule": cannot["rule"], "urn": urn, "path": ""})
            continue
        policy = pack.policies.get(diagnostic.policyName)
        level = level_name(diagnostic.enforcementLevel)
        description = diagnostic.description
        message = diagnostic.message.removeprefix(description).lstrip("\n") or description
        if diagnostic.urn and is_urn(diagnostic.urn) and deployment.graph.get(diagnostic.urn) is not None:
            urn = diagnostic.urn
        outcome.findings.append(
            {
                "rule": diagnostic.policyName,
                "title": description,
                "kind": "policy",
                "severity": severity_name(diagnostic.severity) or (policy.severity if policy else ""),
                "certainty": "certain",
                "level": "mandatory" if level == "remediate" else level,
                "urn": urn,
                "type": urn_type(urn) if is_urn(urn) else "",
                "name": urn_name(urn) if is_urn(urn) else "",
                "path": "",
                "message": message,
                "why": description,
                "fix": policy.fix if policy else "",
                "controls": dict(policy.controls) if policy else {},
            }
        )


def location_entry(location: Location | None, base: Path) -> Mapping[str, Any] | None:
    """Return a location as the JSON contract has it; None when it is not known."""
    if location is None:
        return None
    return {"file": shown_path(location.file, base), "line": location.line}


def shown_path(file: str, base: Path) -> str:
    """Return a path relative to ``base`` with forward slashes, or as it is when it lies elsewhere."""
    path = Path(file)
    try:
        return path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
