"""Runs stock policies for the server, with the stock server's meaning: levels, unknowns, not-applicable, remediations.

It differs by intent in one thing: a policy that raises becomes an advisory diagnostic that names it; the others run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_policy as stock
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight import wire
from preflight.finding import Level, Severity
from preflight.judging.judge import location_of
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


class StockPolicies:
    """The stock policies of a pack, and their configuration."""

    def __init__(self, info: PackInfo, policies: Sequence[stock.Policy]) -> None:
        self.policies = list(policies)
        self._info = info
        self._configured: Mapping[str, tuple[Level, dict[str, Any]]] = {}
        self.stack_tags: Mapping[str, str] = MappingProxyType({})

    def configure(self, configured: Mapping[str, tuple[Level, dict[str, Any]]]) -> None:
        """Take the levels and values of a Configure request, by policy name."""
        self._configured = configured

    @property
    def default_level(self) -> str:
        """The level of policies that name none."""
        return self._info.enforcement_level

    def level(self, policy: stock.Policy) -> Level:
        """Return a policy's level: configured, its own, or the pack's."""
        if policy.name in self._configured:
            return self._configured[policy.name][0]
        own = policy.enforcement_level
        return Level(own.value if own is not None else self._info.enforcement_level)

    def _config(self, policy: stock.Policy) -> dict[str, Any] | None:
        values = self._configured.get(policy.name, (None, {}))[1]
        return dict(values) if values else None

    def analyze(self, request: Any, response: Any) -> None:
        """Run the resource policies on one resource."""
        _configure_runtime()
        member = Member(request)
        for policy in self.policies:
            level = self.level(policy)
            if level is Level.DISABLED or not isinstance(policy, stock.ResourceValidationPolicy):
                continue
            if not policy.has_validation():
                _not_applicable(response, policy, "Policy does not implement validate")
                continue
            args = resource_args(member, self._config(policy), self.stack_tags)
            self._run(policy, level, args, response, request.urn)

    def analyze_stack(self, request: Any, response: Any) -> None:
        """Run the stack policies."""
        chosen = [
            policy
            for policy in self.policies
            if isinstance(policy, stock.StackValidationPolicy) and self.level(policy) is not Level.DISABLED
        ]
        if not chosen:
            return
        _configure_runtime()
        resources = stack_resources(request)
        for policy in chosen:
            args = stack_args(resources, self._config(policy), self.stack_tags)
            self._run(policy, self.level(policy), args, response, "")

    def _run(self, policy: Any, level: Level, args: Any, response: Any, urn: str) -> None:
        # What is still violated after a remediation is mandatory, as in the stock server.
        report = self._reporter(policy, Level.MANDATORY if level is Level.REMEDIATE else level, response)
        try:
            finish(policy.validate(args, report))
        except UnknownError as unknown:
            response.diagnostics.append(self._cannot_run("policy", policy, unknown))
        except NotApplicableError as reason:
            _not_applicable(response, policy, reason.reason or "")
        except Exception as error:
            message = f"{_failed('rule', policy, urn or 'the stack', error)}"
            response.diagnostics.append(self._diagnostic(policy, message, urn, Level.ADVISORY))

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
                diagnostic = self._unknown("remediation", policy, unknown)
            except NotApplicableError as reason:
                _not_applicable(response, policy, reason.reason or "")
            except Exception as error:
                message, diagnostic = None, _failed("remediation", policy, request.urn, error)
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

    def _reporter(self, policy: stock.Policy, level: Level, response: Any) -> Callable[..., None]:
        def report(message: str, urn: str | None = None) -> None:
            if message and not isinstance(message, str):
                raise TypeError("Expected message to be a string")
            if urn is not None and not isinstance(urn, str):
                raise TypeError("Expected urn to be a string")
            text = f"{policy.description}\n{message}" if message else policy.description
            found = self._diagnostic(policy, text, urn or "", level)
            if policy.severity is not None:
                found.severity = SEVERITIES[Severity(policy.severity.value)]
            response.diagnostics.append(found)

        return report

    def _diagnostic(self, policy: stock.Policy, message: str, urn: str, level: Level) -> Any:
        return pb.AnalyzeDiagnostic(
            policyName=policy.name,
            policyPackName=self._info.name,
            policyPackVersion=self._info.version,
            message=message,
            urn=urn,
            description=policy.description,
            enforcementLevel=LEVELS[level],
        )

    def _unknown(self, what: str, policy: stock.Policy, unknown: Any) -> str:
        pack = f"{self._info.name}@v{self._info.version}"
        return f"can't run {what} '{policy.name}' from policy pack '{pack}' during preview: {unknown.message}"

    def _cannot_run(self, what: str, policy: stock.Policy, unknown: Any) -> Any:
        return self._diagnostic(policy, self._unknown(what, policy, unknown), "", Level.ADVISORY)


def _failed(what: str, policy: stock.Policy, where: str, error: Exception) -> str:
    return f"{what} {policy.name} failed on {where}: {type(error).__name__}: {error} ({location_of(error)})"


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
