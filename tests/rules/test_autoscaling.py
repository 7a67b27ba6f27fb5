"""Auto Scaling groups."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("app:web:Web", "web")
EVENTS = [f"autoscaling:EC2_INSTANCE_{event}" for event in ("LAUNCH", "LAUNCH_ERROR", "TERMINATE", "TERMINATE_ERROR")]


def group(**properties: Any) -> R:
    defaults = {"minSize": 1, "maxSize": 3, "vpcZoneIdentifiers": ["subnet-1"], "launchTemplate": {"id": "lt-1"}}
    return R("aws:autoscaling/group:Group", "fleet", **{**defaults, **properties})


test_complete = table(
    "autoscaling-group-complete",
    fails("sizes turned round", group(minSize=4), at="minSize", says=["4", "3"]),
    passes("complete", group(desiredCapacity=2)),
    fails("desired outside", group(desiredCapacity=5), at="desiredCapacity"),
    fails(
        "no place",
        R("aws:autoscaling/group:Group", "fleet", minSize=1, maxSize=1, launchTemplate={"id": "lt-1"}),
        at="vpcZoneIdentifiers",
    ),
    fails(
        "nothing to launch",
        R("aws:autoscaling/group:Group", "fleet", minSize=1, maxSize=1, availabilityZones=["us-east-1a"]),
        at="launchTemplate",
    ),
    fails("two sources", group(mixedInstancesPolicy={"launchTemplate": {}}), at="mixedInstancesPolicy"),
    passes("an unknown place", group(vpcZoneIdentifiers=UNKNOWN)),
    undecided("an unknown size", group(minSize=UNKNOWN), at="minSize"),
)

FLEET = group()
ATTACHMENT = "aws:autoscaling/attachment:Attachment"
test_health = table(
    "autoscaling-elb-health-check",
    fails("registered inline", group(targetGroupArns=["arn"]), at="healthCheckType", says="targetGroupArns"),
    passes("checked", group(targetGroupArns=["arn"], healthCheckType="ELB")),
    fails(
        "registered by an attachment",
        FLEET,
        R(ATTACHMENT, "a", autoscalingGroupName=FLEET.name, lbTargetGroupArn="arn"),
        says="a",
    ),
    fails(
        "registered by a traffic source in a component",
        FLEET,
        COMPONENT,
        R(
            "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment",
            "t",
            parent=COMPONENT,
            autoscalingGroupName=FLEET.id,
        ),
        at="healthCheckType",
    ),
    passes("several checks", group(loadBalancers=["lb"], healthCheckType="EBS,ELB")),
    passes("not registered", FLEET),
    passes("another's attachment", FLEET, R(ATTACHMENT, "a", autoscalingGroupName="other")),
    undecided("an unknown attachment", FLEET, R(ATTACHMENT, "a", autoscalingGroupName=UNKNOWN)),
    undecided("unknown", group(targetGroupArns=["arn"], healthCheckType=UNKNOWN), at="healthCheckType"),
)

test_cooldown = table(
    "autoscaling-cooldown-period",
    fails("off", group(defaultCooldown=0), at="defaultCooldown"),
    passes("absent", FLEET),
    passes("a minute", group(defaultCooldown=60)),
    undecided("unknown", group(defaultCooldown=UNKNOWN), at="defaultCooldown"),
)

test_grace = table(
    "autoscaling-health-check-grace-period",
    fails("absent", group(healthCheckType="ELB"), at="healthCheckGracePeriod"),
    passes("stated", group(healthCheckType="ELB", healthCheckGracePeriod=120)),
    passes("EC2's own checks", FLEET),
    undecided("unknown", group(healthCheckType=UNKNOWN), at="healthCheckType"),
)

NOTIFICATION = "aws:autoscaling/notification:Notification"
test_notifications = table(
    "autoscaling-scaling-notifications",
    fails("none", FLEET, says="EC2_INSTANCE_LAUNCH_ERROR"),
    passes("all four", FLEET, R(NOTIFICATION, "n", groupNames=[FLEET.name], notifications=EVENTS)),
    passes(
        "two resources together",
        FLEET,
        R(NOTIFICATION, "n", groupNames=[FLEET.name], notifications=EVENTS[:2]),
        COMPONENT,
        R(NOTIFICATION, "m", parent=COMPONENT, groupNames=[FLEET.name], notifications=EVENTS[2:]),
    ),
    fails(
        "two missing",
        FLEET,
        R(NOTIFICATION, "n", groupNames=[FLEET.name], notifications=EVENTS[:2]),
        says="TERMINATE_ERROR",
    ),
    fails(
        "another's",
        FLEET,
        R(NOTIFICATION, "n", groupNames=["other"], notifications=EVENTS),
        at="",
        says="EC2_INSTANCE_LAUNCH_ERROR",
    ),
    undecided(
        "unknown events",
        FLEET,
        R(NOTIFICATION, "n", groupNames=[FLEET.name], notifications=UNKNOWN),
        at="notifications",
    ),
)
