"""What a pack tells the engine and Pulumi's consoles about its policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight.finding import Level, Severity
from preflight.judging.exemptions import HOLDS
from preflight.judging.spelling import Language, render
from preflight.rule import Rule
from preflight.serving.protocol import LEVELS, SEVERITIES
from preflight.settings.model import Settings

if TYPE_CHECKING:
    from preflight.serving.info import PackInfo
    from preflight.serving.stock.server import StockPolicies

RULES_URL: Final = "https://github.com/pulumi-preflight/pulumi-preflight/blob/main/docs/rules.md"

_FRAMEWORKS: Final = {
    "hipaa": ("HIPAA Security Rule", "45 CFR Part 164"),
    "nist-800-53-r5": ("NIST SP 800-53", "Revision 5"),
    "pci-dss-3.2.1": ("PCI DSS", "3.2.1"),
    "pci-dss-4.0": ("PCI DSS", "4.0"),
    "fedramp-moderate": ("FedRAMP", "Moderate"),
}


def describe(
    info: PackInfo, rules: Sequence[Rule], settings: Settings, stock: StockPolicies | None, language: Language
) -> Any:
    """Return the AnalyzerInfo of a pack; levels are those of this stack's settings."""
    message = pb.AnalyzerInfo(name=info.name, version=info.version, supportsConfig=True)
    for field, value in (
        ("description", info.description),
        ("displayName", info.display_name),
        ("readme", info.readme),
        ("provider", info.provider),
        ("repository", info.repository),
    ):
        if value is not None:
            setattr(message, field, value)
    message.tags.extend(info.tags or ())
    named = settings.levels.get("rules", {})
    for name, value in info.initial_config.items():
        _initial(message.initialConfig[name], value)
        if name in named:
            message.initialConfig[name].enforcementLevel = LEVELS[Level(named[name])]
    if rules:
        message.policies.extend(_of_rule(rule, settings, language) for rule in (*rules, HOLDS))
    if stock is not None:
        message.policies.extend(_of_policy(policy, stock) for policy in stock.policies)
    return message


def _initial(target: Any, value: Any) -> None:
    """An initial value is an enforcement level, or a mapping that may hold one beside properties."""
    target.SetInParent()
    properties = dict(value) if isinstance(value, Mapping) else {"enforcementLevel": value}
    level = properties.pop("enforcementLevel", None)
    if level is not None:
        target.enforcementLevel = LEVELS[Level(level.value)]
    if properties:
        target.properties.update(properties)


def _of_rule(rule: Rule, settings: Settings, language: Language) -> Any:
    message = pb.PolicyInfo(
        name=rule.id,
        displayName=rule.title.rstrip("."),
        description=rule.title,
        message=render(rule.why, language),
        enforcementLevel=LEVELS[settings.level_of(rule)],
        policy_type=pb.POLICY_TYPE_STACK if rule.takes_stack else pb.POLICY_TYPE_RESOURCE,
        severity=SEVERITIES[rule.severity],
        tags=[rule.kind.value, rule.service, *rule.controls],
        remediation_steps=render(rule.fix, language),
        url=f"{RULES_URL}#{rule.id}",
    )
    if rule.parameters:
        # Engines send defaults back as policy config, which wins over the settings: so they are the settings' values.
        values = settings.parameters_of(rule)
        message.configSchema.properties.update(
            {
                name: {**parameter.schema, "default": values[name], "description": parameter.description}
                for name, parameter in rule.parameters.items()
            }
        )
    if rule.controls:
        framework, numbers = next(iter(rule.controls.items()))
        name, version = _FRAMEWORKS.get(framework, (framework, ""))
        message.framework.name, message.framework.version = name, version
        message.framework.specification = ", ".join(numbers)
        message.framework.reference = "; ".join(
            f"{other}: {', '.join(controls)}" for other, controls in rule.controls.items()
        )
    return message


def _of_policy(policy: Any, stock: StockPolicies) -> Any:
    import pulumi_policy

    message = pb.PolicyInfo(
        name=policy.name,
        description=policy.description,
        enforcementLevel=LEVELS[stock.own_level(policy)],
    )
    if isinstance(policy, pulumi_policy.ResourceValidationPolicy):
        message.policy_type = pb.POLICY_TYPE_RESOURCE
    elif isinstance(policy, pulumi_policy.StackValidationPolicy):
        message.policy_type = pb.POLICY_TYPE_STACK
    if policy.display_name is not None:
        message.displayName = policy.display_name
    if policy.config_schema is not None:
        if policy.config_schema.properties:
            message.configSchema.properties.update(policy.config_schema.properties)
        if policy.config_schema.required:
            message.configSchema.required.extend(policy.config_schema.required)
    if policy.severity is not None:
        message.severity = SEVERITIES[Severity(policy.severity.value)]
    if policy.framework is not None:
        for field in ("name", "version", "reference", "specification"):
            value = getattr(policy.framework, field)
            if value is not None:
                setattr(message.framework, field, value)
    if policy.tags is not None:
        message.tags.extend(policy.tags)
    if policy.remediation_steps is not None:
        message.remediation_steps = policy.remediation_steps
    if policy.url is not None:
        message.url = policy.url
    return message
