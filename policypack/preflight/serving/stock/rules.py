"""The way back: Preflight's rules as stock policy objects, for a ``pulumi_policy.PolicyPack`` of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi_policy as stock
from pulumi_policy.deserialize import serialize_properties

from preflight.finding import Severity
from preflight.judging.judge import Verdict, judge
from preflight.judging.wording import message_of
from preflight.redaction import Secrets
from preflight.resource import Options, Provider, Resource
from preflight.rule import Rule
from preflight.settings.model import default_level
from preflight.stack import Stack
from preflight.wire import with_whole_numbers

_SEVERITIES = {severity: stock.Severity(severity.value) for severity in Severity}


def policies(rules: Sequence[Rule] | None = None) -> list[stock.Policy]:
    """Return Preflight's rules as stock policy objects.

    Levels are the rules' defaults; Pulumi's policy config sets levels and parameters. ``preflight.yaml`` is not read.

    Args:
        rules: the rules to serve; the pack's own when None.
    """
    if rules is None:
        from preflight.rules import load

        rules = load()
    memory = _Memory()
    return [_policy(rule, memory) for rule in rules]


class _Memory:
    """The inputs that the resource policies have seen, for the stack policies of the same call."""

    def __init__(self) -> None:
        self.inputs: dict[str, Mapping[str, Any]] = {}
        self.secrets = Secrets()

    def resource(self, args: Any) -> Resource:
        """Return the view of a resource policy's arguments, and remember its inputs."""
        properties = with_whole_numbers(serialize_properties(args.props))
        self.inputs[args.urn] = properties
        return Resource(
            urn=args.urn,
            type_token=args.resource_type,
            name=args.name,
            load_inputs=lambda: dict(properties),
            load_options=lambda: _options(args.opts),
            load_provider=lambda: _provider(args.provider),
            parent=args.opts.parent or "",
            secrets=Secrets(self.secrets),
        )

    def member(self, found: Any) -> Resource:
        """Return the view of a resource that a stack policy sees."""
        inputs = self.inputs.get(found.urn)
        return Resource(
            urn=found.urn,
            type_token=found.resource_type,
            name=found.name,
            load_inputs=None if inputs is None else lambda: dict(inputs),
            load_outputs=lambda: with_whole_numbers(serialize_properties(found.props)),
            load_options=lambda: _options(found.opts),
            load_provider=lambda: _provider(found.provider),
            parent=found.parent.urn if found.parent is not None else "",
            dependencies=[other.urn for other in found.dependencies],
            property_dependencies={
                key: [other.urn for other in others] for key, others in found.property_dependencies.items()
            },
            secrets=Secrets(self.secrets),
        )


def _options(opts: Any) -> Options:
    options = Options()
    options.protect = opts.protect
    options.ignore_changes = tuple(opts.ignore_changes)
    options.delete_before_replace = bool(opts.delete_before_replace)
    options.aliases = tuple(opts.aliases)
    options.additional_secret_outputs = tuple(opts.additional_secret_outputs)
    options.create_timeout = opts.custom_timeouts.create_seconds
    options.update_timeout = opts.custom_timeouts.update_seconds
    options.delete_timeout = opts.custom_timeouts.delete_seconds
    return options


def _provider(found: Any) -> Provider | None:
    if found is None:
        return None
    return Provider(found.urn, found.resource_type, found.name, serialize_properties(found.props))


def _policy(rule: Rule, memory: _Memory) -> stock.Policy:
    def validate_resource(args: Any, report: Any) -> None:
        resource = memory.resource(args)
        if resource.kind in rule.types or (rule.is_for_all and resource.type.startswith("aws:")):
            _report(judge(rule, resource, None, _parameters(rule, args)), report)

    def validate_stack(args: Any, report: Any) -> None:
        stack = Stack([memory.member(found) for found in args.resources])
        anchors = stack.resources if rule.is_for_all else stack.of_type(*rule.types)
        for resource in anchors:
            if resource.type.startswith("aws:") or not rule.is_for_all:
                _report(judge(rule, resource, stack, _parameters(rule, args)), report)

    common: dict[str, Any] = {
        "enforcement_level": stock.EnforcementLevel(default_level(rule.kind, rule.severity, rule.certainty).value),
        "config_schema": config_schema(rule),
        "severity": _SEVERITIES[rule.severity],
        "remediation_steps": rule.fix,
    }
    if rule.takes_stack:
        return stock.StackValidationPolicy(rule.id, rule.title, validate_stack, **common)
    return stock.ResourceValidationPolicy(rule.id, rule.title, validate_resource, **common)


def config_schema(rule: Rule) -> stock.PolicyConfigSchema | None:
    """Return the schema of a rule's parameters, None when it has none."""
    if not rule.parameters:
        return None
    return stock.PolicyConfigSchema(
        {
            name: {**parameter.schema, "default": parameter.default, "description": parameter.description}
            for name, parameter in rule.parameters.items()
        }
    )


def _parameters(rule: Rule, args: Any) -> dict[str, Any]:
    values = {name: parameter.default for name, parameter in rule.parameters.items()}
    values.update(args.get_config())
    return values


def _report(verdict: Verdict, report: Any) -> None:
    secrets = verdict.resource.secrets
    for finding in verdict.findings:
        report(message_of(verdict.rule, replace(finding, message=secrets.redact(finding.message))), finding.urn)
    if verdict.failure:
        report(secrets.redact(str(verdict.failure)), verdict.resource.urn)
