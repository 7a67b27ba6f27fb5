"""Runs stock policies for the server, with the stock server's meaning: levels, unknowns, not-applicable, remediations.

It differs by intent in two things: a policy that raises becomes an advisory diagnostic that names it, and the others
run; and ``preflight.yaml`` sets levels of stock policies and exempts from them, as it does for rules.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_policy as stock
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight import wire
from preflight.finding import Kind, Level, Severity
from preflight.judging.judge import location_of
from preflight.rule import Rule
from preflight.serving.protocol import LEVELS, SEVERITIES
from preflight.serving.stock.values import (
    Member,
    NotApplicableError,
    UnknownError,
    finish,
    remediable,
    remediation_args,
    resource_args,
    serialize,
    stack_args,
    stack_resources,
)

if TYPE_CHECKING:
    from preflight.serving.info import PackInfo


class Verdict(Enum):
    """What a stock policy comes to where it does not simply hold."""

    FINDING = auto()
    UNDECIDED = auto()
    FAILED = auto()
    NOT_APPLICABLE = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a stock policy said.

    Attributes:
        policy: the policy, as the rule that reports show.
        verdict: what it comes to.
        level: of the diagnostic.
        message: what the policy reported, the unknown, the error, or the reason for not applying.
        urn: the resource, as the policy or the request names it; empty for the stack.
    """

    policy: Rule
    verdict: Verdict
    level: Level
    message: str
    urn: str = ""
    severity: Severity | None = None
    location: str = ""


class StockPolicies:
    """The stock policies of a pack, and their configuration.

    Args:
        info: what the pack says of itself.
        policies: the stock policies.
    """

    def __init__(self, info: PackInfo, policies: Sequence[stock.Policy]) -> None:
        self.policies = list(policies)
        self.rules = {policy.name: as_rule(policy) for policy in policies}
        self.levels: Mapping[str, str] = {}
        """The levels that ``preflight.yaml`` names, by policy."""
        self._info = info
        self._configured: Mapping[str, tuple[Level, dict[str, Any]]] = {}
        self.stack_tags: Mapping[str, str] = MappingProxyType({})

    def configure(self, configured: Mapping[str, tuple[Level, dict[str, Any]]]) -> None:
        """Take the levels and values of a Configure request, by policy name."""
        self._configured = configured

    def enabled(self) -> list[Rule]:
        """Return the policies that are not disabled."""
        return [self.rules[policy.name] for policy in self.policies if self.level(policy) is not Level.DISABLED]

    def level(self, policy: stock.Policy) -> Level:
        """Return a policy's level: configured by the engine, else as without it."""
        if policy.name in self._configured:
            return self._configured[policy.name][0]
        return self.own_level(policy)

    def own_level(self, policy: stock.Policy) -> Level:
        """Return a policy's level where the engine configures none: the settings', its own, or the pack's."""
        if policy.name in self.levels:
            return Level(self.levels[policy.name])
        own = policy.enforcement_level
        return Level(own.value if own is not None else self._info.enforcement_level)

    def _config(self, policy: stock.Policy) -> dict[str, Any] | None:
        values = self._configured.get(policy.name, (None, {}))[1]
        return dict(values) if values else None

    def analyze(self, request: Any) -> list[Said]:
        """Run the resource policies on one resource."""
        _configure_runtime()
        member = Member(request)
        said: list[Said] = []
        for policy in self.policies:
            level = self.level(policy)
            if level is Level.DISABLED or not isinstance(policy, stock.ResourceValidationPolicy):
                continue
            if not policy.has_validation():
                said.append(self._not_applicable(policy, "Policy does not implement validate"))
                continue
            args = resource_args(member, self._config(policy), self.stack_tags)
            self._run(policy, level, args, said, request.urn)
        return said

    def analyze_stack(self, request: Any) -> list[Said]:
        """Run the stack policies."""
        chosen = [
            policy
            for policy in self.policies
            if isinstance(policy, stock.StackValidationPolicy) and self.level(policy) is not Level.DISABLED
        ]
        said: list[Said] = []
        if not chosen:
            return said
        _configure_runtime()
        resources = stack_resources(request)
        for policy in chosen:
            args = stack_args(resources, self._config(policy), self.stack_tags)
            self._run(policy, self.level(policy), args, said, "")
        return said

    def _run(self, policy: Any, level: Level, args: Any, said: list[Said], urn: str) -> None:
        rule = self.rules[policy.name]
        # What is still violated after a remediation is mandatory, as in the stock server.
        report = self._reporter(policy, Level.MANDATORY if level is Level.REMEDIATE else level, said)
        try:
            finish(policy.validate(args, report))
        except UnknownError as unknown:
            said.append(Said(rule, Verdict.UNDECIDED, Level.ADVISORY, str(unknown.message)))
        except NotApplicableError as reason:
            said.append(self._not_applicable(policy, reason.reason or ""))
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            said.append(Said(rule, Verdict.FAILED, Level.ADVISORY, message, urn, location=location_of(error)))

    def _reporter(self, policy: stock.Policy, level: Level, said: list[Said]) -> Callable[..., None]:
        severity = Severity(policy.severity.value) if policy.severity is not None else None

        def report(message: str, urn: str | None = None) -> None:
            if message and not isinstance(message, str):
                raise TypeError("Expected message to be a string")
            if urn is not None and not isinstance(urn, str):
                raise TypeError("Expected urn to be a string")
            said.append(Said(self.rules[policy.name], Verdict.FINDING, level, message, urn or "", severity))

        return report

    def _not_applicable(self, policy: stock.Policy, reason: str) -> Said:
        return Said(self.rules[policy.name], Verdict.NOT_APPLICABLE, Level.ADVISORY, reason)

    def add_to(self, response: Any, said: Said, message: str) -> None:
        """Add what a policy said to a response, in the stock server's words; ``message`` is without its secrets."""
        rule = said.policy
        if said.verdict is Verdict.NOT_APPLICABLE:
            response.not_applicable.append(pb.PolicyNotApplicable(policy_name=rule.id, reason=message))
            return
        if said.verdict is Verdict.UNDECIDED:
            text = self._unknown("policy", rule.id, message)
        elif said.verdict is Verdict.FAILED:
            text = f"rule {rule.id} failed on {said.urn or 'the stack'}: {message} ({said.location})"
        else:
            text = f"{rule.title}\n{message}" if message else rule.title
        found = pb.AnalyzeDiagnostic(
            policyName=rule.id,
            policyPackName=self._info.name,
            policyPackVersion=self._info.version,
            message=text,
            urn=said.urn,
            description=rule.title,
            enforcementLevel=LEVELS[said.level],
        )
        if said.severity is not None:
            found.severity = SEVERITIES[said.severity]
        response.diagnostics.append(found)

    def remediate(self, request: Any, response: Any, changed: Mapping[str, Any] | None) -> None:
        """Run the remediations on one resource; ``changed`` are wire properties that others have left, if any."""
        chosen = [
            policy
            for policy in self.policies
            if isinstance(policy, stock.ResourceValidationPolicy) and self.level(policy) is Level.REMEDIATE
        ]
        if not chosen:
            return
        _configure_runtime()
        member = Member(request)
        properties = remediable(request.properties if changed is None else wire.to_struct(changed))
        for policy in chosen:
            if not policy.has_remediation():
                _not_applicable(response, policy, "Policy does not implement remediate")
                continue
            args = remediation_args(member, properties, self._config(policy), self.stack_tags)
            message, diagnostic = None, ""
            try:
                result = finish(policy.remediate(args))
                if result:
                    properties = result
                    message = struct_pb2.Struct()
                    for key, value in serialize(result).items():
                        message[key] = value
            except UnknownError as unknown:
                diagnostic = self._unknown("remediation", policy.name, str(unknown.message))
            except NotApplicableError as reason:
                _not_applicable(response, policy, reason.reason or "")
            except Exception as error:
                message, diagnostic = None, _failed(policy, request.urn, error)
            if message is not None or diagnostic:
                response.remediations.append(
                    pb.Remediation(
                        policyName=policy.name,
                        policyPackName=self._info.name,
                        policyPackVersion=self._info.version,
                        description=policy.description,
                        properties=message,
                        diagnostic=diagnostic,
                    )
                )

    def _unknown(self, what: str, policy: str, message: str) -> str:
        pack = f"{self._info.name}@v{self._info.version}"
        return f"can't run {what} '{policy}' from policy pack '{pack}' during preview: {message}"


def _failed(policy: stock.Policy, where: str, error: Exception) -> str:
    return f"remediation {policy.name} failed on {where}: {type(error).__name__}: {error} ({location_of(error)})"


def as_rule(policy: stock.Policy) -> Rule:
    """A stock policy as the rule that settings, exemptions and reports know."""
    severity = Severity(policy.severity.value) if policy.severity is not None else Severity.MEDIUM
    framework = policy.framework
    controls = {framework.name: tuple(filter(None, [framework.reference]))} if framework and framework.name else {}
    return Rule(
        id=policy.name,
        function=lambda resource: None,
        types=(),
        kind=Kind.POLICY,
        severity=severity,
        controls=controls,
        title=policy.description,
        why=policy.description,
        fix=policy.remediation_steps or "",
        source="",
    )


def _not_applicable(response: Any, policy: stock.Policy, reason: str) -> None:
    response.not_applicable.append(pb.PolicyNotApplicable(policy_name=policy.name, reason=reason))


def _configure_runtime() -> None:
    """Let policies use ``pulumi.Config``, ``get_stack`` and the like; the settings are per thread."""
    for key, value in pulumi.runtime.get_config_env().items():
        pulumi.runtime.set_config(key, value)
    if all(name in os.environ for name in ("PULUMI_PROJECT", "PULUMI_STACK", "PULUMI_DRY_RUN")):
        pulumi.runtime.configure(
            pulumi.runtime.Settings(
                project=os.environ["PULUMI_PROJECT"],
                stack=os.environ["PULUMI_STACK"],
                dry_run=os.environ["PULUMI_DRY_RUN"] == "true",
                organization=os.environ.get("PULUMI_ORGANIZATION", "organization"),
            )
        )
