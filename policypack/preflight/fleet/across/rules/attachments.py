"""What one resource can have only one of: a policy, a notification, a route to a destination, a DNS record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from preflight.finding import Severity, Undecided
from preflight.fleet.across.model import Across, Fleet, Holding, Open
from preflight.fleet.across.rule import fleet_rule
from preflight.fleet.across.rules._groups import once, owners

_RECORD: Final = "aws:route53/record:Record"
_ROUTE: Final = "aws:ec2/route:Route"
_TRANSIT_ROUTE: Final = "aws:ec2transitgateway/route:Route"
_GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_LISTENER_RULE: Final = "aws:lb/listenerRule:ListenerRule"
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
_EIP: Final = "aws:ec2/eipAssociation:EipAssociation"
_SETTINGS: Final = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/bucketVersioning:BucketVersioning",
)


def _by(*keys: str) -> Callable[[Holding], tuple[object, ...] | None]:
    """A key of properties; None when the first, what it is attached to, is absent."""

    def key(holding: Holding) -> tuple[object, ...] | None:
        values = [holding[name] for name in keys]
        if values[0] is None:
            return None
        return (holding.kind, *(str(sorted(value)) if isinstance(value, list) else value for value in values))

    return key


def _one(fleet: Fleet, kind: str, via: str, what: str, noun: str) -> Iterator[Across | Open]:
    yield from once(
        fleet.of_type(kind),
        _by(via),
        lambda holding, others: (
            f"sets {what} of {noun} '{holding.known(via)}', and {owners(others)} sets it too; keep it in one stack"
        ),
        at=via,
    )


@fleet_rule("aws:s3/bucketPolicy:BucketPolicy", severity=Severity.CRITICAL)
def bucket_policy_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket's policy is set by one stack.

    Why: A bucket has one policy: each update replaces the other stack's statements, also those that deny.
    Fix: Set the policy in the stack that owns the bucket, with the statements of all its users.
    Source: Amazon S3 API Reference, "PutBucketPolicy" ("replaces").
    """
    return _one(fleet, "aws:s3/bucketPolicy:BucketPolicy", "bucket", "the policy", "bucket")


@fleet_rule("aws:s3/bucketNotification:BucketNotification", severity=Severity.CRITICAL)
def bucket_notification_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket's notifications are set by one stack.

    Why: A bucket has one notification configuration: each update removes the other stack's events, which then are lost
    without an error.
    Fix: Set all notifications in one stack, or send them to EventBridge and let each stack have its own rule.
    Source: Amazon S3 API Reference, "PutBucketNotificationConfiguration" ("replaces the existing").
    """
    return _one(
        fleet, "aws:s3/bucketNotification:BucketNotification", "bucket", "the notification configuration", "bucket"
    )


@fleet_rule(_SETTINGS, severity=Severity.HIGH)
def bucket_settings_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket's lifecycle, replication, versioning and public access settings are set by one stack.

    Why: Each of them exists once per bucket: two stacks replace each other's at every update.
    Fix: Set them in the stack that owns the bucket.
    Source: Amazon S3 API Reference, "PutBucketLifecycleConfiguration", "PutBucketReplication", "PutBucketVersioning".
    """
    for kind in _SETTINGS:
        yield from _one(fleet, kind, "bucket", "a configuration", "bucket")


@fleet_rule("aws:sqs/queuePolicy:QueuePolicy", severity=Severity.HIGH)
def queue_policy_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A queue's policy is set by one stack.

    Why: A queue has one policy: each update removes the senders that the other stack has admitted.
    Fix: Set the policy in the stack that owns the queue, with the statements of all senders.
    Source: Amazon SQS API Reference, "SetQueueAttributes".
    """
    return _one(fleet, "aws:sqs/queuePolicy:QueuePolicy", "queueUrl", "the policy", "queue")


@fleet_rule("aws:sns/topicPolicy:TopicPolicy", severity=Severity.HIGH)
def topic_policy_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A topic's policy is set by one stack.

    Why: A topic has one policy: each update removes the publishers that the other stack has admitted.
    Fix: Set the policy in the stack that owns the topic, with the statements of all publishers.
    Source: Amazon SNS API Reference, "SetTopicAttributes".
    """
    return _one(fleet, "aws:sns/topicPolicy:TopicPolicy", "arn", "the policy", "topic")


@fleet_rule("aws:kms/keyPolicy:KeyPolicy", severity=Severity.CRITICAL)
def key_policy_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A KMS key's policy is set by one stack.

    Why: A key has one policy: each update takes from the other stack's principals the right to use the key, and what is
    encrypted under it can't be read.
    Fix: Set the policy in the stack that owns the key; give other stacks grants.
    Source: AWS KMS API Reference, "PutKeyPolicy".
    """
    return _one(fleet, "aws:kms/keyPolicy:KeyPolicy", "keyId", "the policy", "key")


@fleet_rule("aws:ecr/repositoryPolicy:RepositoryPolicy", severity=Severity.HIGH)
def repository_policy_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A repository's policy is set by one stack.

    Why: A repository has one policy: each update removes the accounts that the other stack has let pull images.
    Fix: Set the policy in the stack that owns the repository.
    Source: Amazon ECR API Reference, "SetRepositoryPolicy".
    """

    def key(holding: Holding) -> tuple[object, ...]:
        return holding.account, holding.region, holding["repository"]

    yield from once(
        fleet.of_type("aws:ecr/repositoryPolicy:RepositoryPolicy"),
        key,
        lambda holding, others: (
            f"sets the policy of repository '{holding.known('repository')}', and {owners(others)} sets it too; keep it "
            "in one stack"
        ),
        at="repository",
    )


@fleet_rule(_RECORD, severity=Severity.CRITICAL)
def dns_record_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A DNS record is managed by one stack.

    Why: Route 53 refuses the second creation of a record ("it already exists"), or, with `allowOverwrite`, the stacks
    point the name at their own targets in turn; destroying one takes the name away.
    Fix: Keep the record in one stack, or make it weighted with a `setIdentifier` of each stack.
    Source: Amazon Route 53 API Reference, "ChangeResourceRecordSets".
    """

    def key(holding: Holding) -> tuple[object, ...] | None:
        name = holding.known("fqdn") or holding["name"]
        if holding["zoneId"] is None:
            return None
        return holding["zoneId"], str(name).rstrip(".").lower(), holding["type"], holding["setIdentifier"]

    yield from once(
        fleet.of_type(_RECORD),
        key,
        lambda holding, others: (
            f"the record {holding.known('name')} {holding.known('type')} in zone {holding.known('zoneId')} is also "
            f"managed by {owners(others)}; keep it in one stack"
        ),
        at="name",
    )


@fleet_rule(_ROUTE, severity=Severity.CRITICAL)
def route_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A route to a destination is managed by one stack.

    Why: EC2 refuses the second route of a table to one destination ("RouteAlreadyExists"), and destroying either stack
    cuts the traffic of both.
    Fix: Keep the route in the stack that owns the route table.
    Source: Amazon EC2 API Reference, "CreateRoute".
    """
    keys = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    yield from once(
        fleet.of_type(_ROUTE),
        _by("routeTableId", *keys),
        lambda holding, others: (
            f"the route to {next(filter(None, map(holding.known, keys)), 'its destination')} in "
            f"{holding.known('routeTableId')} is also managed by {owners(others)}; keep it in one stack"
        ),
        at="routeTableId",
    )


@fleet_rule(_TRANSIT_ROUTE, severity=Severity.CRITICAL)
def transit_gateway_route_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A transit gateway's route to a destination is managed by one stack.

    Why: A transit gateway's route table has one static route per destination; EC2 refuses the second
    ("RouteAlreadyExists").
    Fix: Keep the route in the stack that owns the route table.
    Source: Amazon EC2 API Reference, "CreateTransitGatewayRoute".
    """
    yield from once(
        fleet.of_type(_TRANSIT_ROUTE),
        _by("transitGatewayRouteTableId", "destinationCidrBlock"),
        lambda holding, others: (
            f"the route to {holding.known('destinationCidrBlock')} in {holding.known('transitGatewayRouteTableId')} is "
            f"also managed by {owners(others)}; keep it in one stack"
        ),
        at="destinationCidrBlock",
    )


@fleet_rule(_ASSOCIATION, severity=Severity.HIGH)
def subnet_route_table_set_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A subnet is associated with a route table by one stack.

    Why: A subnet has one route table: EC2 refuses the second association ("Resource.AlreadyAssociated"), or the stacks
    move the subnet from one table to the other at each update.
    Fix: Keep the association in the stack that owns the subnet.
    Source: Amazon EC2 API Reference, "AssociateRouteTable".
    """
    return _one(fleet, _ASSOCIATION, "subnetId", "the route table", "subnet")


@fleet_rule((_GROUP_RULE, _INGRESS), severity=Severity.HIGH)
def security_group_rule_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A security group's rule is managed by one stack.

    Why: EC2 refuses a rule that the group has ("InvalidPermission.Duplicate"), and destroying either stack closes the
    port for both.
    Fix: Keep the rule in one stack, or let each stack have a group of its own.
    Source: Amazon EC2 API Reference, "AuthorizeSecurityGroupIngress".
    """
    parts = {
        _GROUP_RULE: (
            "securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks", "sourceSecurityGroupId",
        ),
        _INGRESS: (
            "securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "referencedSecurityGroupId",
        ),
    }  # fmt: skip
    for kind, keys in parts.items():
        yield from once(
            fleet.of_type(kind),
            _by(*keys),
            lambda holding, others: (
                f"the same rule of {holding.known('securityGroupId')} is managed by {owners(others)}; keep it in one "
                "stack"
            ),
            at="securityGroupId",
        )


@fleet_rule(_LISTENER_RULE, severity=Severity.CRITICAL)
def listener_rule_priority_unique(fleet: Fleet) -> Iterator[Across | Open]:
    """Stacks that share a load balancer's listener give their rules priorities of their own.

    Why: Elastic Load Balancing refuses a priority that is in use ("PriorityInUse").
    Fix: Agree on a range for each stack, or leave `priority` out, so that the next free one is chosen.
    Source: Elastic Load Balancing API Reference, "CreateRule".
    """

    def key(holding: Holding) -> tuple[object, ...] | None:
        return None if holding["priority"] is None else (holding["listenerArn"], holding["priority"])

    yield from once(
        fleet.of_type(_LISTENER_RULE),
        key,
        lambda holding, others: (
            f"priority {holding.known('priority')} of this listener is also used by {owners(others)}; choose another"
        ),
        at="priority",
    )


@fleet_rule(_ENDPOINT, severity=Severity.CRITICAL)
def endpoint_private_dns_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A VPC has one interface endpoint with private DNS for a service.

    Why: EC2 refuses the second one ("private-dns-enabled cannot be set because there is already a conflicting DNS
    domain").
    Fix: Share one endpoint, or set `privateDnsEnabled=false` on the others.
    Source: AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint".
    """

    def key(holding: Holding) -> tuple[object, ...] | None:
        if not holding["privateDnsEnabled"]:
            return None
        return holding["vpcId"], holding["serviceName"]

    yield from once(
        fleet.of_type(_ENDPOINT),
        key,
        lambda holding, others: (
            f"{holding.known('vpcId')} has a second endpoint of {holding.known('serviceName')} with private DNS, in "
            f"{owners(others)}; share one"
        ),
        at="privateDnsEnabled",
    )


@fleet_rule(_DISTRIBUTION, severity=Severity.CRITICAL)
def distribution_alias_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A domain name is an alias of one distribution.

    Why: CloudFront refuses an alias that another distribution has ("CNAMEAlreadyExists").
    Fix: Remove it from `aliases` of one of them.
    Source: Amazon CloudFront API Reference, "CreateDistribution".
    """
    claims: dict[str, list[Holding]] = {}
    for holding in fleet.of_type(_DISTRIBUTION):
        try:
            aliases = holding["aliases"] or []
        except Undecided as unknown:
            yield holding.undecided(unknown.path)
            continue
        for alias in aliases:
            claims.setdefault(str(alias).lower(), []).append(holding)
    for alias, found in sorted(claims.items()):
        for holding in found:
            others = [other for other in found if other.state != holding.state]
            if others:
                yield holding.finding(f"{alias} is also an alias of {owners(others)}; keep it in one", at="aliases")


@fleet_rule(_EIP, severity=Severity.HIGH)
def address_associated_once(fleet: Fleet) -> Iterator[Across | Open]:
    """An Elastic IP address is associated by one stack.

    Why: Associating it again moves the address away from what the other stack has given it, without an error.
    Fix: Allocate an address for each stack.
    Source: Amazon EC2 API Reference, "AssociateAddress".
    """
    return _one(fleet, _EIP, "allocationId", "the association", "address")
