"""Load balancers: names, zones, logs, protection."""

from __future__ import annotations

from typing import Any

import pytest

from preflight.finding import Severity
from preflight.judging.remediation import apply
from preflight.resource import Resource
from preflight.testing import UNKNOWN, P, R, document, fails, not_applicable, passes, table, undecided
from preflight.testing.remedy import remediates
from preflight.testing.tables import find_rule

LB = "aws:lb/loadBalancer:LoadBalancer"
ALB = "aws:alb/loadBalancer:LoadBalancer"
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
COMPONENT = R("app:web:Web", "web")


def balancer(kind: str = LB, **properties: Any) -> R:
    return R(kind, "front", **properties)


test_name = table(
    "lb-name-valid",
    fails("too long", balancer(name="payments-production-load-balancer"), at="name", says="33 characters"),
    passes("short", balancer(name="payments-prod")),
    fails("underscore", R("aws:lb/targetGroup:TargetGroup", "t", name="web_1"), at="name"),
    fails("internal", balancer(ALB, name="internal-web"), at="name"),
    passes("a target group may", R("aws:alb/targetGroup:TargetGroup", "t", name="internal-web")),
    fails("a hyphen last", balancer(CLASSIC, name="web-"), at="name"),
    fails("a long prefix", balancer(namePrefix="payments"), at="namePrefix"),
    fails("a long logical name", R(LB, "payments-production-front"), at="name", says=["25 characters", "24"]),
    passes("a logical name that fits", R(LB, "payments-production-fron")),
    undecided("unknown", balancer(name=UNKNOWN), at="name"),
)


def subnet(name: str, zone: Any, **more: Any) -> R:
    return R("aws:ec2/subnet:Subnet", name, availabilityZone=zone, **more)


A, A2, B, LOCAL = (
    subnet("a", "us-east-1a"),
    subnet("a2", "us-east-1a"),
    subnet("b", "us-east-1b"),
    subnet("l", "us-west-2-lax-1a"),
)
CHILD = subnet("child", "us-east-1a", parent=COMPONENT)
test_zones = table(
    "lb-subnets-in-two-zones",
    fails("one subnet", balancer(subnets=[A.id]), A, at="subnets", says="one subnet"),
    passes("two zones", balancer(subnets=[A.id, B.id]), A, B),
    fails("one zone", balancer(ALB, subnets=[A.id, A2.id]), A, A2, at="subnets", says="us-east-1a"),
    fails("one zone, in a component", balancer(subnets=[A.id, CHILD.id]), A, COMPONENT, CHILD, at="subnets"),
    fails("mappings", balancer(subnetMappings=[{"subnetId": A.id}, {"subnetId": A2.id}]), A, A2, at="subnetMappings"),
    fails("none", balancer(), at="subnets"),
    fails("one from outside", balancer(subnets=["subnet-1"]), severity=Severity.LOW, at="subnets"),
    passes("two from outside", balancer(subnets=["subnet-1", "subnet-2"])),
    passes("a local zone", balancer(subnets=[LOCAL.id]), LOCAL),
    passes("network", balancer(loadBalancerType="network", subnets=["subnet-1"])),
    passes("zones unknown", balancer(subnets=[A.id, (dark := subnet("dark", UNKNOWN)).id]), A, dark),
    undecided("unknown", balancer(subnets=UNKNOWN), at="subnets"),
    undecided("what is no list", balancer(subnets=True), at="subnets"),
    undecided("an unknown type", balancer(loadBalancerType=UNKNOWN, subnets=["subnet-1"]), at="loadBalancerType"),
)

BUCKET = R("aws:s3/bucket:Bucket", "logs", bucket="company-logs")
V2 = R("aws:s3/bucketV2:BucketV2", "logs", bucket="company-logs")


def policy(
    principal: dict[str, Any], bucket: R = BUCKET, action: str = "s3:PutObject", name: str = "policy", **more: Any
) -> R:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket.properties_['bucket']}/*",
    }
    text = document({"Version": "2012-10-17", "Statement": [statement]})
    return R("aws:s3/bucketPolicy:BucketPolicy", name, bucket=bucket.id, policy=text, **more)


ELB = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}


def logging(bucket: R = BUCKET, *after: R, kind: str = LB, **more: Any) -> R:
    return R(kind, "front", depends_on=after, accessLogs={"bucket": bucket.bucket, "enabled": True}, **more)


GOOD, OLD, BAD = (
    policy(ELB),
    policy({"AWS": "arn:aws:iam::127311923021:root"}),
    policy({"AWS": "arn:aws:iam::210987654321:root"}),
)
NETWORK = policy({"Service": "delivery.logs.amazonaws.com"})
IN_COMPONENT = policy(ELB, parent=COMPONENT)
test_log_bucket = table(
    "lb-access-log-bucket-permits",
    fails("no policy", logging(), BUCKET, at="accessLogs.bucket", says=["logs", "logdelivery"]),
    passes("the service may write", logging(BUCKET, GOOD), BUCKET, GOOD),
    passes("the region's account may write", logging(BUCKET, OLD), BUCKET, OLD),
    fails(
        "another region's account",
        logging(BUCKET, OLD, provider=P("w", region="us-west-2")),
        BUCKET,
        OLD,
        at="accessLogs.bucket",
    ),
    fails("somebody else may write", logging(BUCKET, BAD, kind=ALB), BUCKET, BAD, at="accessLogs.bucket"),
    fails("nothing waits for the policy", logging(), BUCKET, GOOD, severity=Severity.LOW, says="dependsOn"),
    passes("a network load balancer", logging(BUCKET, NETWORK, loadBalancerType="network"), BUCKET, NETWORK),
    fails(
        "a network load balancer, the other service",
        logging(BUCKET, GOOD, loadBalancerType="network"),
        BUCKET,
        GOOD,
        says="delivery.logs",
    ),
    passes("a policy in a component", logging(BUCKET, IN_COMPONENT), BUCKET, COMPONENT, IN_COMPONENT),
    passes("a V2 bucket", logging(V2, v2 := policy(ELB, V2)), V2, v2),
    fails("a V2 bucket without", logging(V2), V2, at="accessLogs.bucket"),
    passes("a bucket from outside", R(LB, "front", accessLogs={"bucket": "outside", "enabled": True})),
    passes("off", balancer(accessLogs={"bucket": "outside", "enabled": False}), BUCKET),
    passes("absent", balancer()),
    undecided(
        "an unknown policy",
        logging(BUCKET, dark_policy := R("aws:s3/bucketPolicy:BucketPolicy", "dark", bucket=BUCKET.id, policy=UNKNOWN)),
        BUCKET,
        dark_policy,
        at="policy",
    ),
)

test_logging = table(
    "lb-access-logging",
    fails("absent", balancer(), at="accessLogs.enabled"),
    passes("on", balancer(accessLogs={"bucket": "b", "enabled": True})),
    fails("a bucket alone", balancer(ALB, accessLogs={"bucket": "b"}), at="accessLogs.enabled"),
    passes("a classic bucket alone", balancer(CLASSIC, accessLogs={"bucket": "b"})),
    fails("classic, off", balancer(CLASSIC, accessLogs={"bucket": "b", "enabled": False}), at="accessLogs.enabled"),
    not_applicable("gateway", balancer(loadBalancerType="gateway")),
    undecided("unknown", balancer(accessLogs={"bucket": "b", "enabled": UNKNOWN}), at="accessLogs.enabled"),
)

test_deletion = table(
    "lb-deletion-protection",
    fails("absent", balancer(), at="enableDeletionProtection"),
    passes("on", balancer(ALB, enableDeletionProtection=True)),
    undecided("unknown", balancer(enableDeletionProtection=UNKNOWN), at="enableDeletionProtection"),
)

test_headers = table(
    "lb-drop-invalid-headers",
    fails("absent", balancer(), at="dropInvalidHeaderFields"),
    passes("on", balancer(ALB, dropInvalidHeaderFields=True)),
    not_applicable("network", balancer(loadBalancerType="network")),
    undecided("unknown", balancer(dropInvalidHeaderFields=UNKNOWN), at="dropInvalidHeaderFields"),
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"dropInvalidHeaderFields": True}),
        ({"dropInvalidHeaderFields": False}, {"dropInvalidHeaderFields": True}),
        ({"dropInvalidHeaderFields": UNKNOWN}, None),
        ({"loadBalancerType": "network"}, None),
        ({"dropInvalidHeaderFields": True}, None),
    ],
)
def test_headers_remediation(before: dict[str, Any], after: dict[str, Any] | None) -> None:
    remediation = find_rule("lb-drop-invalid-headers").remediation
    assert remediation is not None
    front = Resource(urn="urn", type_token=LB, name="front", load_inputs=lambda: before)
    assert apply(before, remediation(front) or {}) == after


def test_headers_remediated_pass() -> None:
    assert remediates("lb-drop-invalid-headers", balancer(ALB)) == {"dropInvalidHeaderFields": True}


FRONT = balancer(ALB)
WAF = "aws:wafv2/webAclAssociation:WebAclAssociation"
test_waf = table(
    "lb-waf-associated",
    fails("none", balancer(), says="no web ACL of the program is associated"),
    passes("associated", FRONT, R(WAF, "waf", resourceArn=FRONT.arn)),
    passes(
        "the regional one, in a component",
        FRONT,
        COMPONENT,
        R("aws:wafregional/webAclAssociation:WebAclAssociation", "waf", parent=COMPONENT, resourceArn=FRONT.arn),
    ),
    fails(
        "another's",
        FRONT,
        R(WAF, "waf", resourceArn="arn:aws:elasticloadbalancing:us-east-1:210987654321:loadbalancer/app/x/1"),
        says="no web ACL of the program is associated",
    ),
    not_applicable("network", balancer(loadBalancerType="network")),
    undecided("an unknown one", FRONT, R(WAF, "waf", resourceArn=UNKNOWN)),
)

test_desync = table(
    "lb-desync-mitigation",
    fails("monitor", balancer(desyncMitigationMode="monitor"), at="desyncMitigationMode", says="monitor"),
    passes("absent", balancer(CLASSIC)),
    passes("strictest", balancer(ALB, desyncMitigationMode="strictest")),
    undecided("unknown", balancer(desyncMitigationMode=UNKNOWN), at="desyncMitigationMode"),
)
