"""Tags that every resource should have, and that should say the truth."""

from __future__ import annotations

from typing import Any

from ...facts import schema
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, rule
from ._program import environments, stack_of

_ENVIRONMENT_KEYS = ("Environment", "Env", "Stage", "environment", "env", "stage")


def _takes_tags(resource: Resource) -> bool:
    described = schema.resource(resource.type)
    return described is not None and "tags" in described.inputs and "tagsAll" in described.outputs


@rule(
    "aws:*",
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={
        "keys": Parameter.of(["Name", "Environment", "Project", "ComplianceLevel"], "Tag keys that must be there."),
        "values": Parameter(
            {"type": "object", "additionalProperties": {"type": "string"}},
            {},
            "Values by key that a remediation gives to missing tags.",
        ),
    },
)
def required_tags_present(resource: Resource, parameters: Parameters) -> Findings:
    """Every resource that takes tags has the required ones.

    Why: Costs, owners, environments and data classes are found by tags; what has none belongs to nobody.
    Fix: Set the common ones once, in the provider's `defaultTags`, and Name on the resource.
    Source: AWS whitepaper "Best Practices for Tagging AWS Resources"; AWS Config rule required-tags.
    """
    if not _takes_tags(resource):
        return
    missing = _missing(resource, parameters)
    if missing:
        yield resource.finding(f"lacks the tags {', '.join(missing)}", at="tags")


def _missing(resource: Resource, parameters: Parameters) -> list[str]:
    present = resource.tags
    return [key for key in parameters["keys"] if key not in present or present[key] == ""]


@required_tags_present.remediate
def _add_tags(resource: Resource, parameters: Parameters) -> dict[str, Any] | None:
    values = parameters["values"]
    added = {key: values[key] for key in _missing(resource, parameters) if key in values}
    if not added:
        return None
    own = resource.raw("tags")
    return {"tags": {**(own if isinstance(own, dict) else {}), **added}}


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def tags_match_environment(resource: Resource) -> Findings:
    """The environment in a tag is the one of the Pulumi stack.

    Why: A literal that was copied from another stack puts costs, alarms and access by tag into the wrong environment.
    Fix: Take the value from pulumi.get_stack() or the stack's config, best in the provider's `defaultTags`.
    Source: AWS whitepaper "Best Practices for Tagging AWS Resources".
    """
    expected = environments(stack_of(resource))
    if not expected or not _takes_tags(resource):
        return
    tags = resource.tags
    for key in _ENVIRONMENT_KEYS:
        value = tags.get(key)
        found = environments(value) if value else set()
        if found and not found & expected:
            yield resource.finding(
                f"is tagged {key}={value}, and the stack is '{stack_of(resource)}'", at=f"tags.{key}"
            )
