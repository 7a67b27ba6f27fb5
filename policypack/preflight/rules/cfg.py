"""Rules for AWS Config: managed rules that exist, the recorder and its order."""

from __future__ import annotations

from typing import Final

from ..documents import jsontext
from ..facts import config_rules
from ..rule import Certainty, Findings, Kind, Resource, Severity, rule
from ..stack import Stack
from ._shared_graph import listed, same_scope, settled

RULE: Final = "aws:cfg/rule:Rule"
ORGANIZATION_RULE: Final = "aws:cfg/organizationManagedRule:OrganizationManagedRule"
RECORDER: Final = "aws:cfg/recorder:Recorder"
CHANNEL: Final = "aws:cfg/deliveryChannel:DeliveryChannel"
STATUS: Final = "aws:cfg/recorderStatus:RecorderStatus"


@rule((RULE, ORGANIZATION_RULE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def managed_rule_exists(managed: Resource) -> Findings:
    """A managed rule is one that AWS Config has, with the parameters that it needs.

    Why: Others are refused ("InvalidParameterValueException: The sourceIdentifier … is invalid", "Missing required
    parameter …").
    Fix: Use the identifier that the message names, in upper case with underscores; add the parameter to
    `inputParameters`.
    Source: AWS Config Developer Guide, "List of AWS Config Managed Rules".
    """
    at = "ruleIdentifier"
    if managed.is_a(RULE):
        if managed.text("source.owner") != "AWS":
            return
        at = "source.sourceIdentifier"
    identifier = managed.text(at)
    if identifier is None:
        return
    if not config_rules.exists(identifier):
        near = config_rules.nearest(identifier)
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        yield managed.finding(
            f"AWS Config has no managed rule '{identifier}' (table of {config_rules.dated()}){meant}",
            at=at,
            severity=None if near else Severity.LOW,
        )
        return
    needed = config_rules.required_parameters(identifier)
    if not needed:
        return
    given = jsontext.parse(managed.text("inputParameters") or "{}").value
    missing = sorted(needed - set(given)) if isinstance(given, dict) else []
    if missing:
        yield managed.finding(
            f"{identifier} needs the parameter {listed(map(repr, missing))}; add it", at="inputParameters"
        )


@rule((CHANNEL, STATUS, RULE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def resources_ordered(resource: Resource, stack: Stack) -> Findings:
    """Delivery channel and rules wait for the recorder, and the recorder is started after the delivery channel is
    there.

    Why: AWS Config refuses them in another order ("NoAvailableConfigurationRecorderException",
    "NoAvailableDeliveryChannelException").
    Fix: Chain `dependsOn`: recorder, delivery channel, recorder status, rules.
    Source: AWS Config API Reference, "PutDeliveryChannel", "StartConfigurationRecorder", "PutConfigRule".
    """
    if resource.is_a(STATUS) and resource.flag("isEnabled") is not True:
        return
    for needed in stack.of_type(CHANNEL if resource.is_a(STATUS) else RECORDER):
        if same_scope(stack, resource, needed) and not stack.waits_for(resource, needed):
            what = "DeliveryChannel" if needed.is_a(CHANNEL) else "Recorder"
            yield resource.finding(
                f"this does not wait for {what} '{needed.name}', without which AWS Config refuses it; add "
                f"'{needed.name}' to `dependsOn`",
                certainty=Certainty.RACE,
            )
            return


@rule(
    RECORDER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def recorder_all_resources(recorder: Resource, stack: Stack) -> Findings:
    """A Config recorder records all types of resources, global ones included, and is started.

    Why: What is not recorded is not judged by any Config rule, and leaves no history.
    Fix: Leave `recordingGroup` out or set `allSupported` and `includeGlobalResourceTypes` to `true`; add
    `aws.cfg.RecorderStatus` with `isEnabled=true`. In further regions leave the global types out, and set this rule to
    advisory there.
    Source: AWS Config Developer Guide, "Recording AWS resources with AWS Config".
    """
    if recorder.flag("recordingGroup.allSupported") is False:
        yield recorder.finding(
            "only some types are recorded; set `recordingGroup.allSupported=true`", at="recordingGroup.allSupported"
        )
    elif not recorder.flag("recordingGroup.includeGlobalResourceTypes"):
        yield recorder.finding(
            "global types such as IAM roles are not recorded; set `recordingGroup.includeGlobalResourceTypes=true`",
            at="recordingGroup.includeGlobalResourceTypes",
        )
    statuses = stack.referring_to(recorder, STATUS, via="name")
    if any(status.flag("isEnabled") for status in statuses.certain):
        return
    settled(
        None if statuses.maybe_more else False, recorder, "name", "may be started by a status that is not known yet"
    )
    yield recorder.finding("the recorder is not started; add `aws.cfg.RecorderStatus` with `isEnabled` true")
