"""Every rule across stacks, by small fleets: one owner, two owners, the property absent, the value unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preflight.facts import schema
from preflight.finding import Severity
from preflight.fleet import across
from preflight.rule import ALL_AWS
from preflight.testing import UNKNOWN, R
from preflight.testing.fleet import FLEET_TABLES, S, fails, fleet_table, passes, undecided
from preflight.testing.program import ACCOUNT, P
from tests.texts import house

OTHER = "123456789012"
WEST = P(name="west", region="us-west-2")


ANCHOR = R("aws:sqs/queue:Queue", "anchor", outputs={"arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:anchor"})
DETECTOR = R(
    "aws:guardduty/detector:Detector",
    "detector",
    outputs={"id": "d1", "arn": f"arn:aws:guardduty:us-east-1:{ACCOUNT}:detector/d1"},
)
ENCRYPTION = R("aws:ebs/encryptionByDefault:EncryptionByDefault", "ebs", enabled=True, outputs={"arn": ""})

test_singletons = fleet_table(
    "fleet-singleton-owned-once",
    passes("one stack", S("base", DETECTOR)),
    passes(
        "two regions",
        S("base", ANCHOR, ENCRYPTION),
        S(
            "west",
            ANCHOR,
            R("aws:ebs/encryptionByDefault:EncryptionByDefault", "ebs", provider=WEST, outputs={"arn": ""}),
        ),
    ),
    fails(
        "two stacks",
        S("base", DETECTOR),
        S("app", DETECTOR),
        on=("base: detector", "app: detector"),
        says="exists once per account and Region",
    ),
    fails(
        "account by another ARN",
        S("base", ANCHOR, ENCRYPTION),
        S("app", ANCHOR, ENCRYPTION),
        on=("base: ebs", "app: ebs"),
        severity=Severity.HIGH,
    ),
    undecided("unknown account", S("base", ENCRYPTION), on=("base: ebs",)),
)

DEFAULT_GROUP = R(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", outputs={"id": "sg-0123456789abcdef0"}
)
test_vpc_default = fleet_table(
    "fleet-vpc-default-adopted-once",
    passes("one stack", S("net", DEFAULT_GROUP)),
    passes(
        "two VPCs",
        S("net", DEFAULT_GROUP),
        S(
            "app",
            R("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", outputs={"id": "sg-0123456789abcdef1"}),
        ),
    ),
    fails(
        "two stacks",
        S("net", DEFAULT_GROUP),
        S("app", DEFAULT_GROUP),
        on=("net: default", "app: default"),
        says="adopts",
    ),
)

TOPIC = R("aws:sns/topic:Topic", "alerts", name="alerts")
test_resource_owned_once = fleet_table(
    "fleet-resource-owned-once",
    passes("other names", S("a", TOPIC), S("b", R("aws:sns/topic:Topic", "alerts", name="alarms"))),
    passes("unknown ARN", S("a", R("aws:sns/topic:Topic", "alerts", outputs={"arn": UNKNOWN})), S("b", TOPIC)),
    fails(
        "one ARN in two states", S("a", TOPIC), S("b", TOPIC), on=("a: alerts", "b: alerts"), says="is managed by stack"
    ),
)

NAMED = "aws:sqs/queue:Queue"
test_name_owned_once = fleet_table(
    "fleet-name-owned-once",
    passes("one stack", S("a", R(NAMED, "q", name="jobs"))),
    passes("one ARN is another rule's", S("a", R(NAMED, "q", name="jobs")), S("b", R(NAMED, "q", name="jobs"))),
    fails(
        "same name, ARN not known",
        S("a", ANCHOR, R(NAMED, "q", name="jobs")),
        S("b", ANCHOR, R(NAMED, "q", name="jobs", outputs={"arn": UNKNOWN})),
        on=("a: q", "b: q"),
        says="'jobs'",
    ),
    undecided(
        "unknown account",
        S("a", R(NAMED, "q", name="jobs", outputs={"arn": UNKNOWN})),
        S("b", R(NAMED, "q", name="jobs", outputs={"arn": UNKNOWN})),
        on=("a: q", "b: q"),
    ),
)

BUCKET = R("aws:s3/bucket:Bucket", "data", bucket="acme-data")
test_bucket_name_global = fleet_table(
    "fleet-bucket-name-global",
    passes("one account", S("a", ANCHOR, BUCKET), S("b", ANCHOR, BUCKET)),
    passes("unknown name", S("a", ANCHOR, R("aws:s3/bucket:Bucket", "data", bucket=UNKNOWN)), S("b", ANCHOR, BUCKET)),
    fails(
        "two accounts",
        S("a", ANCHOR, BUCKET),
        S("b", R(NAMED, "q", outputs={"arn": f"arn:aws:sqs:us-east-1:{OTHER}:q"}), BUCKET),
        on=("a: data", "b: data"),
        says="acme-data",
    ),
)


def attached(kind: str, via: str, value: str, /, **more: Any) -> R:
    return R(kind, "attached", **{via: value}, **more)


def once_table(rule: str, kind: str, via: str, value: str, other: str, /, **more: Any) -> Any:
    return fleet_table(
        rule,
        passes("one stack", S("a", ANCHOR, attached(kind, via, value, **more))),
        passes(
            "another target",
            S("a", ANCHOR, attached(kind, via, value, **more)),
            S("b", ANCHOR, attached(kind, via, other, **more)),
        ),
        fails(
            "two stacks",
            S("a", ANCHOR, attached(kind, via, value, **more)),
            S("b", ANCHOR, attached(kind, via, value, **more)),
            on=("a: attached", "b: attached"),
            at=via,
            says="keep it in one stack",
        ),
        undecided("unknown target", S("a", ANCHOR, attached(kind, via, UNKNOWN, **more)), on=("a: attached",)),
    )


test_bucket_policy = once_table(
    "fleet-bucket-policy-set-once", "aws:s3/bucketPolicy:BucketPolicy", "bucket", "one", "two"
)
test_bucket_notification = once_table(
    "fleet-bucket-notification-set-once", "aws:s3/bucketNotification:BucketNotification", "bucket", "one", "two"
)
test_bucket_settings = once_table(
    "fleet-bucket-settings-set-once", "aws:s3/bucketVersioning:BucketVersioning", "bucket", "one", "two"
)
test_queue_policy = once_table(
    "fleet-queue-policy-set-once",
    "aws:sqs/queuePolicy:QueuePolicy",
    "queueUrl",
    "https://sqs.us-east-1.amazonaws.com/1/a",
    "https://sqs.us-east-1.amazonaws.com/1/b",
)
test_topic_policy = once_table(
    "fleet-topic-policy-set-once",
    "aws:sns/topicPolicy:TopicPolicy",
    "arn",
    "arn:aws:sns:us-east-1:1:a",
    "arn:aws:sns:us-east-1:1:b",
)
test_key_policy = once_table("fleet-key-policy-set-once", "aws:kms/keyPolicy:KeyPolicy", "keyId", "key-a", "key-b")
test_repository_policy = once_table(
    "fleet-repository-policy-set-once", "aws:ecr/repositoryPolicy:RepositoryPolicy", "repository", "a", "b"
)
test_dns_record = once_table(
    "fleet-dns-record-owned-once",
    "aws:route53/record:Record",
    "name",
    "www.example.com",
    "api.example.com",
    zoneId="Z1",
    type="A",
)
test_route = once_table(
    "fleet-route-owned-once",
    "aws:ec2/route:Route",
    "routeTableId",
    "rtb-0123456789abcdef0",
    "rtb-0123456789abcdef1",
    destinationCidrBlock="10.0.0.0/8",
)
test_transit_route = once_table(
    "fleet-transit-gateway-route-owned-once",
    "aws:ec2transitgateway/route:Route",
    "destinationCidrBlock",
    "10.0.0.0/8",
    "10.1.0.0/16",
    transitGatewayRouteTableId="tgw-rtb-1",
)
test_subnet_route_table = once_table(
    "fleet-subnet-route-table-set-once",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "subnetId",
    "subnet-a",
    "subnet-b",
    routeTableId="rtb-1",
)
test_group_rule = once_table(
    "fleet-security-group-rule-owned-once",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "securityGroupId",
    "sg-a",
    "sg-b",
    type="ingress",
    protocol="tcp",
    fromPort=443,
    toPort=443,
    cidrBlocks=["10.0.0.0/8"],
)
test_address = once_table(
    "fleet-address-associated-once", "aws:ec2/eipAssociation:EipAssociation", "allocationId", "eipalloc-a", "eipalloc-b"
)

LISTENER = "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/a/1/2"
test_listener_rule = fleet_table(
    "fleet-listener-rule-priority-unique",
    passes(
        "own priorities",
        S("a", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER, priority=10)),
        S("b", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER, priority=20)),
    ),
    passes(
        "no priority",
        S("a", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER)),
        S("b", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER)),
    ),
    fails(
        "one priority",
        S("a", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER, priority=10)),
        S("b", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER, priority=10)),
        on=("a: attached", "b: attached"),
        at="priority",
        says="10",
    ),
    undecided(
        "unknown priority",
        S("a", attached("aws:lb/listenerRule:ListenerRule", "listenerArn", LISTENER, priority=UNKNOWN)),
        on=("a: attached",),
    ),
)

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SERVICE = "com.amazonaws.us-east-1.sqs"
test_endpoint = fleet_table(
    "fleet-endpoint-private-dns-once",
    passes(
        "without private DNS",
        S("a", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE, privateDnsEnabled=True)),
        S("b", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE, privateDnsEnabled=False)),
    ),
    passes(
        "absent",
        S("a", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE)),
        S("b", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE)),
    ),
    fails(
        "twice",
        S("a", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE, privateDnsEnabled=True)),
        S("b", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE, privateDnsEnabled=True)),
        on=("a: attached", "b: attached"),
        says=SERVICE,
    ),
    undecided(
        "unknown",
        S("a", attached(ENDPOINT, "vpcId", "vpc-a", serviceName=SERVICE, privateDnsEnabled=UNKNOWN)),
        on=("a: attached",),
    ),
)

CDN = "aws:cloudfront/distribution:Distribution"
test_alias = fleet_table(
    "fleet-distribution-alias-owned-once",
    passes(
        "own aliases",
        S("a", R(CDN, "cdn", aliases=["a.example.com"])),
        S("b", R(CDN, "cdn", aliases=["b.example.com"])),
    ),
    passes("absent", S("a", R(CDN, "cdn")), S("b", R(CDN, "cdn"))),
    fails(
        "one alias",
        S("a", R(CDN, "cdn", aliases=["a.example.com"])),
        S("b", R(CDN, "cdn", aliases=["A.example.com"])),
        on=("a: cdn", "b: cdn"),
        at="aliases",
    ),
    undecided("unknown", S("a", R(CDN, "cdn", aliases=UNKNOWN)), on=("a: cdn",)),
)


def vpc(number: int, block: str) -> R:
    return R("aws:ec2/vpc:Vpc", f"vpc{number}", cidrBlock=block, outputs={"id": f"vpc-0000000000000000{number}"})


PEERING = R(
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "peering",
    vpcId="vpc-00000000000000001",
    peerVpcId="vpc-00000000000000002",
)
test_peered = fleet_table(
    "fleet-peered-ranges-disjoint",
    passes("apart", S("a", vpc(1, "10.0.0.0/16"), PEERING), S("b", vpc(2, "10.1.0.0/16"))),
    passes("not peered", S("a", vpc(1, "10.0.0.0/16")), S("b", vpc(2, "10.0.0.0/16"))),
    fails(
        "overlapping",
        S("a", vpc(1, "10.0.0.0/16"), PEERING),
        S("b", vpc(2, "10.0.128.0/17")),
        on=("a: peering",),
        at="peerVpcId",
        says="10.0.128.0/17",
    ),
    undecided("a VPC of nobody", S("a", vpc(1, "10.0.0.0/16"), PEERING), on=("a: peering",)),
    undecided("an unknown range", S("a", vpc(1, "10.0.0.0/16"), PEERING), S("b", vpc(2, UNKNOWN)), on=("a: peering",)),
)


def attachment(number: int, gateway: str = "tgw-1") -> R:
    return R(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        "tgw",
        transitGatewayId=gateway,
        vpcId=f"vpc-0000000000000000{number}",
    )


test_transit = fleet_table(
    "fleet-transit-gateway-ranges-disjoint",
    passes("apart", S("a", vpc(1, "10.0.0.0/16"), attachment(1)), S("b", vpc(2, "10.1.0.0/16"), attachment(2))),
    passes(
        "two gateways",
        S("a", vpc(1, "10.0.0.0/16"), attachment(1)),
        S("b", vpc(2, "10.0.0.0/16"), attachment(2, "tgw-2")),
    ),
    fails(
        "overlapping",
        S("a", vpc(1, "10.0.0.0/16"), attachment(1)),
        S("b", vpc(2, "10.0.0.0/16"), attachment(2)),
        on=("b: tgw",),
        says="tgw-1",
    ),
    undecided("unknown", S("a", vpc(1, "10.0.0.0/16"), attachment(1, UNKNOWN)), on=("a: tgw",)),
)

ZONE = "aws:route53/zone:Zone"
test_private_zone = fleet_table(
    "fleet-private-zone-domain-once",
    passes(
        "two domains",
        S("a", R(ZONE, "zone", name="a.internal", vpcs=[{"vpcId": "vpc-1"}])),
        S("b", R(ZONE, "zone", name="b.internal", vpcs=[{"vpcId": "vpc-1"}])),
    ),
    passes("public", S("a", R(ZONE, "zone", name="a.internal")), S("b", R(ZONE, "zone", name="a.internal"))),
    fails(
        "one domain",
        S("a", R(ZONE, "zone", name="a.internal", vpcs=[{"vpcId": "vpc-1"}])),
        S("b", R(ZONE, "zone", name="a.internal", vpcs=[{"vpcId": "vpc-1"}])),
        on=("a: zone", "b: zone"),
        at="vpcs",
    ),
    undecided("unknown", S("a", R(ZONE, "zone", name=UNKNOWN, vpcs=[{"vpcId": "vpc-1"}])), on=("a: zone",)),
)
test_public_zone = fleet_table(
    "fleet-public-zone-domain-once",
    passes("two domains", S("a", R(ZONE, "zone", name="a.com")), S("b", R(ZONE, "zone", name="b.com"))),
    passes(
        "private",
        S("a", R(ZONE, "zone", name="a.com", vpcs=[{"vpcId": "vpc-1"}])),
        S("b", R(ZONE, "zone", name="a.com")),
    ),
    fails(
        "one domain",
        S("a", R(ZONE, "zone", name="a.com")),
        S("b", R(ZONE, "zone", name="a.com")),
        on=("a: zone", "b: zone"),
        says="a.com",
    ),
    undecided("unknown", S("a", R(ZONE, "zone", name=UNKNOWN)), on=("a: zone",)),
)


def reference(name: Any, **outputs: Any) -> R:
    return R("pulumi:pulumi:StackReference", "net", name=name, outputs={"outputs": outputs, "id": "ref"})


NETWORK = S("network", exports={"vpcId": "vpc-00000000000000001", "zone": "us-east-1a"})
test_reference_exists = fleet_table(
    "fleet-stack-reference-exists",
    passes("it exists", NETWORK, S("app", reference("acme/network/dev", vpcId="vpc-00000000000000001"))),
    fails(
        "it does not",
        NETWORK,
        S("app", reference("acme/netwrok/dev")),
        on=("app: net",),
        at="name",
        says="acme/netwrok/dev",
    ),
    undecided("an unknown name", NETWORK, S("app", reference(UNKNOWN)), on=("app: net",)),
    undecided(
        "it may be one that can't be read",
        NETWORK,
        S("app", reference("acme/other/dev")),
        on=("app: net",),
        also_broken=True,
    ),
)
test_reference_outputs = fleet_table(
    "fleet-stack-reference-outputs-kept",
    passes("kept", NETWORK, S("app", reference("acme/network/dev", vpcId="vpc-00000000000000001"))),
    fails(
        "removed",
        NETWORK,
        S("app", reference("acme/network/dev", vpcId="vpc-00000000000000001", subnetIds=[])),
        on=("app: net",),
        says="subnetIds",
    ),
    undecided("an unknown name", NETWORK, S("app", reference(UNKNOWN)), on=("app: net",)),
)
test_reference_current = fleet_table(
    "fleet-stack-reference-current",
    passes("fresh", NETWORK, S("app", reference("acme/network/dev", vpcId="vpc-00000000000000001"))),
    passes(
        "a value that may be secret",
        S("network", exports={"motto": "one"}),
        S("app", reference("acme/network/dev", motto="two")),
    ),
    fails(
        "stale",
        NETWORK,
        S("app", reference("acme/network/dev", vpcId="vpc-00000000000000009")),
        on=("app: net",),
        says="vpcId",
    ),
    undecided("an unknown name", NETWORK, S("app", reference(UNKNOWN)), on=("app: net",)),
)
test_references_acyclic = fleet_table(
    "fleet-stack-references-acyclic",
    passes("a chain", S("a"), S("b", reference("acme/a/dev")), S("c", reference("acme/b/dev"))),
    fails(
        "a circle",
        S("a", reference("acme/b/dev")),
        S("b", reference("acme/a/dev")),
        on=("a: net", "b: net"),
        says="a/dev",
    ),
    undecided("an unknown name", S("a", reference(UNKNOWN)), on=("a: net",)),
)
test_exports_read = fleet_table(
    "fleet-exports-read",
    passes("all are seen", NETWORK, S("app", reference("acme/network/dev", vpcId="v", zone="z"))),
    passes("nobody refers to it", NETWORK, S("app")),
    fails(
        "one is new",
        NETWORK,
        S("app", reference("acme/network/dev", vpcId="v")),
        on=("network: program-dev",),
        says="zone",
    ),
    undecided("an unknown name", NETWORK, S("app", reference(UNKNOWN)), on=("app: net",)),
)


def used_table(rule: str, kind: str, identity: str, arn: str = "") -> Any:
    def owner(**options: Any) -> R:
        return R(kind, "shared", options=options, outputs={"id": identity, "arn": arn or UNKNOWN})

    def user(value: str) -> R:
        return R("aws:lambda/function:Function", "user", environment={"variables": {"SHARED": value}})

    mention = arn or identity
    return fleet_table(
        rule,
        passes("protected", S("a", owner(protect=True)), S("b", user(mention))),
        passes("used at home", S("a", owner(), user(mention))),
        passes("unknown to the user", S("a", owner()), S("b", user(UNKNOWN))),
        fails("not protected", S("a", owner()), S("b", user(mention)), on=("a: shared",), says="stack 'b/dev'"),
    )


test_used_key = used_table(
    "fleet-used-key-protected",
    "aws:kms/key:Key",
    "0f0f0f0f-0000-4000-8000-000000000001",
    f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0f0f0f0f-0000-4000-8000-000000000001",
)
test_used_group = used_table(
    "fleet-used-security-group-protected", "aws:ec2/securityGroup:SecurityGroup", "sg-0123456789abcdef0"
)
test_used_role = used_table("fleet-used-role-protected", "aws:iam/role:Role", "app", f"arn:aws:iam::{ACCOUNT}:role/app")
test_used_network = used_table("fleet-used-network-protected", "aws:ec2/subnet:Subnet", "subnet-0123456789abcdef0")
test_used_bucket = used_table(
    "fleet-used-bucket-protected", "aws:s3/bucket:Bucket", "acme-data", "arn:aws:s3:::acme-data"
)

OLD = R("aws:ec2/securityGroup:SecurityGroup", "group", outputs={"id": "sg-0123456789abcdef0", "arn": UNKNOWN})
USER = R("aws:ec2/instance:Instance", "web", vpcSecurityGroupIds=["sg-0123456789abcdef0"])
test_used_resource_stays = fleet_table(
    "fleet-used-resource-stays",
    passes("it stays", S("a", OLD), S("b", USER)),
    passes(
        "unknown",
        S("a", OLD, deleted=["group"]),
        S("b", R("aws:ec2/instance:Instance", "web", vpcSecurityGroupIds=UNKNOWN)),
    ),
    fails(
        "it is about to go",
        S("a", OLD, deleted=["group"]),
        S("b", USER),
        on=("b: web",),
        at="vpcSecurityGroupIds[0]",
        says="going to delete",
    ),
)

QUEUE_ARN, TOPIC_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs", f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:worker"


def admitting(service: str, action: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": "*"}],
        }
    )


def queue(policy: Any = None) -> R:
    more = {} if policy is None else {"policy": policy}
    return R(
        "aws:sqs/queue:Queue",
        "jobs",
        name="jobs",
        outputs={"id": "https://sqs.us-east-1.amazonaws.com/1/jobs", "arn": QUEUE_ARN},
        **more,
    )


def sent_table(rule: str, source: R, target: Any, service: str, action: str, at: str, unknown_source: R) -> Any:
    return fleet_table(
        rule,
        passes("admitted", S("a", target(admitting(service, action))), S("b", source)),
        passes("one stack: its own rules say so", S("a", target(), source)),
        fails(
            "not admitted", S("a", target()), S("b", source), on=(f"b: {source.name_}",), at=at, says="stack 'a/dev'"
        ),
        undecided("an unknown policy", S("a", target(UNKNOWN)), S("b", source), on=(f"b: {source.name_}",)),
        undecided("an unknown target", S("a", target()), S("b", unknown_source), on=(f"b: {source.name_}",)),
    )


def event_target(arn: str) -> R:
    return R("aws:cloudwatch/eventTarget:EventTarget", "target", rule="nightly", arn=arn)


def subscription(endpoint: str, protocol: str = "sqs") -> R:
    return R(
        "aws:sns/topicSubscription:TopicSubscription",
        "subscription",
        topic=TOPIC_ARN,
        protocol=protocol,
        endpoint=endpoint,
    )


def topic(policy: Any = None) -> R:
    more = {} if policy is None else {"policy": policy}
    return R("aws:sns/topic:Topic", "alerts", name="alerts", outputs={"arn": TOPIC_ARN}, **more)


def trail_bucket(policy: Any = None) -> R:
    return R(
        "aws:s3/bucketPolicy:BucketPolicy",
        "policy",
        bucket="trails",
        policy=policy if policy is not None else admitting("logging.s3.amazonaws.com", "s3:PutObject"),
    )


test_event_queue = sent_table(
    "fleet-event-target-queue-admits",
    event_target(QUEUE_ARN),
    queue,
    "events.amazonaws.com",
    "sqs:SendMessage",
    "arn",
    event_target(UNKNOWN),
)
test_event_topic = sent_table(
    "fleet-event-target-topic-admits",
    event_target(TOPIC_ARN),
    topic,
    "events.amazonaws.com",
    "sns:Publish",
    "arn",
    event_target(UNKNOWN),
)
test_subscribed_queue = sent_table(
    "fleet-subscribed-queue-admits",
    subscription(QUEUE_ARN),
    queue,
    "sns.amazonaws.com",
    "sqs:SendMessage",
    "endpoint",
    subscription(UNKNOWN),
)

TRAILS = R("aws:s3/bucket:Bucket", "trails", bucket="trails")
TRAIL = R("aws:cloudtrail/trail:Trail", "trail", s3BucketName="trails")
test_trail_bucket = fleet_table(
    "fleet-trail-bucket-admits",
    passes(
        "admitted", S("a", TRAILS, trail_bucket(admitting("cloudtrail.amazonaws.com", "s3:PutObject"))), S("b", TRAIL)
    ),
    passes("one stack", S("a", TRAILS, TRAIL)),
    fails(
        "no policy", S("a", TRAILS), S("b", TRAIL), on=("b: trail",), at="s3BucketName", says="cloudtrail.amazonaws.com"
    ),
    fails("another service", S("a", TRAILS, trail_bucket()), S("b", TRAIL), on=("b: trail",)),
    undecided("an unknown policy", S("a", TRAILS, trail_bucket(UNKNOWN)), S("b", TRAIL), on=("b: trail",)),
)

WORKER = R("aws:lambda/function:Function", "worker", name="worker", outputs={"arn": FUNCTION_ARN, "id": "worker"})


def permission(service: str, function: str = "worker") -> R:
    return R(
        "aws:lambda/permission:Permission",
        "permission",
        function=function,
        principal=service,
        action="lambda:InvokeFunction",
    )


def permitted_table(rule: str, source: R, service: str, at: str) -> Any:
    return fleet_table(
        rule,
        passes("permitted there", S("a", WORKER, permission(service)), S("b", source)),
        passes("permitted here", S("a", WORKER), S("b", source, permission(service, FUNCTION_ARN))),
        passes("one stack", S("a", WORKER, source)),
        fails(
            "not permitted",
            S("a", WORKER, permission("s3.amazonaws.com")),
            S("b", source),
            on=(f"b: {source.name_}",),
            at=at,
            says=service,
        ),
        undecided(
            "an unknown permission",
            S("a", WORKER, permission(service, UNKNOWN)),
            S("b", source),
            on=(f"b: {source.name_}",),
        ),
    )


test_event_function = permitted_table(
    "fleet-event-target-function-permits", event_target(FUNCTION_ARN), "events.amazonaws.com", "arn"
)
test_subscribed_function = permitted_table(
    "fleet-subscribed-function-permits", subscription(FUNCTION_ARN, "lambda"), "sns.amazonaws.com", "endpoint"
)

REPLICA = R("aws:s3/bucket:Bucket", "replica", bucket="replica")
REPLICATION = R(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "replication",
    bucket="data",
    rules=[{"destination": {"bucket": "arn:aws:s3:::replica"}}],
)
VERSIONED = R(
    "aws:s3/bucketVersioning:BucketVersioning",
    "versioning",
    bucket="replica",
    versioningConfiguration={"status": "Enabled"},
)
test_replication = fleet_table(
    "fleet-replication-destination-versioned",
    passes("versioned", S("a", REPLICA, VERSIONED), S("b", REPLICATION)),
    passes("a bucket of nobody", S("b", REPLICATION)),
    fails(
        "not versioned",
        S("a", REPLICA),
        S("b", REPLICATION),
        on=("b: replication",),
        at="rules[0].destination.bucket",
        says="'replica'",
    ),
    undecided(
        "unknown",
        S("a", REPLICA),
        S(
            "b",
            R("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "replication", bucket="data", rules=UNKNOWN),
        ),
        on=("b: replication",),
    ),
)

FUNCTION = "aws:lambda/function:Function"
test_runtime = fleet_table(
    "fleet-function-runtime-supported",
    passes("supported", S("a", R(FUNCTION, "f", runtime="python3.13"))),
    passes("an image", S("a", R(FUNCTION, "f", packageType="Image"))),
    fails(
        "ended",
        S("a", R(FUNCTION, "f", runtime="python3.8")),
        on=("a: f",),
        at="runtime",
        says="ended on",
        severity=Severity.HIGH,
    ),
    undecided("unknown", S("a", R(FUNCTION, "f", runtime=UNKNOWN)), on=("a: f",)),
)
CLUSTER = "aws:eks/cluster:Cluster"
test_cluster = fleet_table(
    "fleet-cluster-version-supported",
    passes("supported", S("a", R(CLUSTER, "c", version="1.35"))),
    passes("absent", S("a", R(CLUSTER, "c"))),
    fails(
        "ends within 90 days",
        S("a", R(CLUSTER, "c", version="1.34")),
        on=("a: c",),
        says="ends on 2026-12-02",
        severity=Severity.MEDIUM,
    ),
    fails("ended", S("a", R(CLUSTER, "c", version="1.30")), on=("a: c",), severity=Severity.HIGH),
    undecided("unknown", S("a", R(CLUSTER, "c", version=UNKNOWN)), on=("a: c",)),
)

ALL = across.load()


def test_every_rule_has_a_table() -> None:
    assert {rule.id for rule in ALL} == set(FLEET_TABLES)
    assert len(ALL) >= 25


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_pages(rule: Any) -> None:
    assert rule.source
    wrong = [problem for part in (rule.title, rule.why, rule.fix) for problem in house.sentence(part)]
    assert wrong == []
    for token in rule.types:
        assert token in (ALL_AWS,) or token.startswith("pulumi:") or schema.resource(token, 7), token
