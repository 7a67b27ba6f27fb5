"""Auto Scaling groups."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, Undecided, deferred, rule
from ..stack import Stack
from ._shared_graph import marked

GROUP: Final = "aws:autoscaling/group:Group"
ATTACHMENT: Final = "aws:autoscaling/attachment:Attachment"
TRAFFIC_SOURCE: Final = "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment"
NOTIFICATION: Final = "aws:autoscaling/notification:Notification"

_LAUNCH_SOURCES: Final = ("launchTemplate", "launchConfiguration", "mixedInstancesPolicy")
EVENTS: Final = (
    "autoscaling:EC2_INSTANCE_LAUNCH",
    "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
    "autoscaling:EC2_INSTANCE_TERMINATE",
    "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
)


@rule(GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def group_complete(group: Resource) -> Findings:
    """An Auto Scaling group has sizes in order, a place, and one way to launch.

    Why: Auto Scaling and the provider refuse others: "Max bound, 1, must be greater than or equal to min bound, 2",
    "Desired capacity: … must be between …", "At least one Availability Zone or VPC Subnet is required", "one of
    `launch_configuration,launch_template,mixed_instances_policy` must be specified".
    Fix: Keep `minSize` <= `desiredCapacity` <= `maxSize`; set `vpcZoneIdentifiers`; name one launch template or policy.
    Source: Amazon EC2 Auto Scaling API Reference, "CreateAutoScalingGroup".
    """
    with deferred():
        least, most = group.number("minSize"), group.number("maxSize")
        if least is not None and most is not None and least > most:
            yield group.finding(f"`minSize` {least} is above `maxSize` {most}; swap them", at="minSize")
        else:
            with deferred():
                wanted = group.number("desiredCapacity")
                if wanted is not None and (
                    (least is not None and wanted < least) or (most is not None and wanted > most)
                ):
                    yield group.finding(
                        f"`desiredCapacity` {wanted} is not within {least} to {most}; correct it, or remove it",
                        at="desiredCapacity",
                    )
    if not group.has("vpcZoneIdentifiers") and not group.has("availabilityZones"):
        yield group.finding("has no subnets; set `vpcZoneIdentifiers`", at="vpcZoneIdentifiers")
    sources = [path for path in _LAUNCH_SOURCES if group.has(path)]
    if not sources:
        yield group.finding("the group does not say what to launch; set `launchTemplate`", at="launchTemplate")
    elif len(sources) > 1:
        yield group.finding(f"the group has {marked(sources)}; keep one", at=sources[1])


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def elb_health_check(group: Resource, stack: Stack) -> Findings:
    """A group that is registered with a load balancer, inline or by an attachment, uses its health checks.

    Why: EC2's own checks call an instance healthy whose application answers nobody.
    Fix: Set `healthCheckType` to "ELB", and a grace period as long as the application takes to start.
    Source: Amazon EC2 Auto Scaling User Guide, "Health checks for instances in an Auto Scaling group"; AWS Config rule
    AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED.
    """
    kinds = [kind.strip() for kind in (group.text("healthCheckType") or "EC2").upper().split(",")]
    if "ELB" in kinds or "VPC_LATTICE" in kinds:
        return
    inline = [path for path in ("loadBalancers", "targetGroupArns", "trafficSources") if group.has(path)]
    if inline:
        how = f"`{inline[0]}`"
    else:
        partners = stack.referring_to(group, ATTACHMENT, TRAFFIC_SOURCE, via="autoscalingGroupName")
        if not partners:
            return
        how = partners.certain[0].name
    yield group.finding(
        f"the group is registered with a load balancer ({how}), and ignores its health checks; set `healthCheckType` "
        "to ELB",
        at="healthCheckType",
    )


@rule(GROUP, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def cooldown_period(group: Resource) -> Findings:
    """A group does not switch its default cooldown off.

    Why: Without a pause the group scales again before the last change shows, and swings.
    Fix: Leave `defaultCooldown` out (300 seconds), or set the time that a change takes to show.
    Source: Amazon EC2 Auto Scaling User Guide, "Scaling cooldowns for Amazon EC2 Auto Scaling".
    """
    if group.number("defaultCooldown") == 0:
        yield group.finding("the cooldown is 0; remove it for the default of 300 seconds", at="defaultCooldown")


@rule(GROUP, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def health_check_grace_period(group: Resource) -> Findings:
    """A group that relies on a load balancer's health checks also states a grace period.

    Why: An instance that is checked before its application has started is replaced, for ever.
    Fix: Set `healthCheckGracePeriod` to the seconds that the application takes to start.
    Source: Amazon EC2 Auto Scaling User Guide, "Set the health check grace period for an Auto Scaling group".
    """
    if "ELB" in (group.text("healthCheckType") or "").upper().split(",") and not group.has("healthCheckGracePeriod"):
        yield group.finding("has no grace period; set `healthCheckGracePeriod`", at="healthCheckGracePeriod")


@rule(GROUP, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def scaling_notifications(group: Resource, stack: Stack) -> Findings:
    """Notifications cover a group's launches, terminations, and the errors of both.

    Why: Without them nobody hears that a group can't launch.
    Fix: Add an `aws.autoscaling.Notification` for the group with all four events.
    Source: Amazon EC2 Auto Scaling User Guide, "Amazon SNS notification options for Amazon EC2 Auto Scaling".
    """
    partners = stack.referring_to(group, NOTIFICATION, via="groupNames")
    missing, unknown = set(EVENTS), False
    for notification in partners.certain:
        try:
            missing.difference_update(notification.values("notifications"))
        except Undecided:
            unknown = True
    if missing and (unknown or partners.maybe_more):
        raise Undecided("notifications", group.urn, "may be covered by a notification that is not known yet")
    if missing:
        shown = ", ".join(event for event in EVENTS if event in missing)
        yield group.finding(f"no notification covers {shown}; add them to an `aws.autoscaling.Notification`")
