"""What is kept of each resource for rules across stacks and for the inventory: identity, place, and chosen properties.

No property is kept that is not named here; secrets are taken out of what is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from preflight import wire
from preflight.decode import clean
from preflight.facts import names, scopes
from preflight.fleet.state import REFERENCE, ROOT, StateResource
from preflight.redaction import Secrets
from preflight.resource import canonical

FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": ("vpcId", "cidrBlock"),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": ("vpcId", "peerVpcId", "peerRegion", "peerOwnerId"),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": ("vpcPeeringConnectionId",),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": ("transitGatewayId", "vpcId"),
    "aws:ec2/route:Route": (
        "routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId",
    ),
    "aws:ec2transitgateway/route:Route": ("transitGatewayRouteTableId", "destinationCidrBlock"),
    "aws:ec2/securityGroup:SecurityGroup": ("vpcId",),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (
        "securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks", "sourceSecurityGroupId",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "referencedSecurityGroupId",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("subnetId", "gatewayId", "routeTableId"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("vpcId", "serviceName", "privateDnsEnabled", "vpcEndpointType"),
    "aws:ec2/eipAssociation:EipAssociation": ("allocationId", "instanceId", "networkInterfaceId"),
    "aws:route53/record:Record": ("zoneId", "name", "type", "setIdentifier", "fqdn"),
    "aws:route53/zone:Zone": ("name", "vpcs"),
    "aws:route53/zoneAssociation:ZoneAssociation": ("zoneId", "vpcId"),
    "aws:s3/bucketNotification:BucketNotification": ("bucket",),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket", "policy"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("bucket",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("bucket",),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ("bucket", "role", "rules"),
    "aws:s3/bucketVersioning:BucketVersioning": ("bucket", "versioningConfiguration"),
    "aws:sns/topicPolicy:TopicPolicy": ("arn", "policy"),
    "aws:sns/topic:Topic": ("policy", "kmsMasterKeyId"),
    "aws:sns/topicSubscription:TopicSubscription": ("topic", "protocol", "endpoint"),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl", "policy"),
    "aws:sqs/queue:Queue": ("policy", "url"),
    "aws:kms/key:Key": ("policy", "deletionWindowInDays"),
    "aws:kms/keyPolicy:KeyPolicy": ("keyId", "policy"),
    "aws:ecr/repository:Repository": ("repositoryUrl",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("repository", "policy"),
    "aws:iam/role:Role": ("assumeRolePolicy",),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": ("roleName",),
    "aws:iam/policyAttachment:PolicyAttachment": ("policyArn",),
    "aws:lambda/function:Function": ("runtime", "functionName", "role"),
    "aws:lambda/permission:Permission": ("function", "principal", "sourceArn", "action"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": ("eventSourceArn", "functionName"),
    "aws:cloudwatch/eventTarget:EventTarget": ("arn", "rule", "eventBusName", "roleArn"),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("eventBusName", "policy"),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": ("logGroup", "destinationArn"),
    "aws:cloudtrail/trail:Trail": ("s3BucketName", "isMultiRegionTrail", "isOrganizationTrail"),
    "aws:rds/instance:Instance": ("engine", "engineVersion"),
    "aws:rds/cluster:Cluster": ("engine", "engineVersion"),
    "aws:eks/cluster:Cluster": ("version",),
    "aws:autoscaling/attachment:Attachment": ("autoscalingGroupName", "lbTargetGroupArn"),
    "aws:lb/listenerRule:ListenerRule": ("listenerArn", "priority"),
    "aws:cloudfront/distribution:Distribution": ("aliases",),
    "aws:acm/certificate:Certificate": ("domainName", "validationMethod"),
    "aws:ssm/parameter:Parameter": ("overwrite",),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("url",),
    REFERENCE: ("name",),
}  # fmt: skip
"""The properties kept, inputs first, outputs else, by canonical type; and the keys of what exists once per account."""

_PREFIXES: Final = (
    "vpc|subnet|sg|rtb|igw|nat|tgw|tgw-attach|tgw-rtb|pcx|eni|vpce|acl|eipalloc|vol|snap|ami|lt|fs|fsap|dopt|pl|i|vgw"
)
_ID: Final = re.compile(rf"(?:{_PREFIXES})-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})\Z")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:[A-Za-z0-9_+=,.@:/-]+")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_EXPORTED: Final = re.compile(
    r"(?:(?:[a-z]{2}(?:-[a-z]+)+-\d[a-f]?)|(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?|true|false|\d{1,6}|\d{12})\Z"
)
"""Beside ids and ARNs, what an export may hold and be kept: a region or zone, a network, a number, an account."""
MOST_MENTIONS: Final = 200
"""Of one resource; a policy may name thousands."""


def is_identity(text: str) -> bool:
    """Tell whether a text has the form of an ARN or of an id that AWS makes."""
    return bool(_ARN.fullmatch(text) or _ID.match(text) or _UUID.match(text))


class Placed:
    """Account and region of each resource of one state: its ARN says, else its provider's, else the whole stack's."""

    def __init__(self, resources: Sequence[StateResource]) -> None:
        by_provider: dict[str, Counter[str]] = {}
        every: Counter[str] = Counter()
        for resource in resources:
            account = _arn_parts(resource)[1]
            if account:
                every[account] += 1
                by_provider.setdefault(resource.provider_reference, Counter())[account] += 1
        self._by_provider = {key: found.most_common(1)[0][0] for key, found in by_provider.items()}
        self._only = next(iter(every)) if len(every) == 1 else ""

    def account(self, resource: StateResource) -> str:
        """Return the account, empty where it can't be told."""
        if not resource.type.startswith("aws:"):
            return ""
        return _arn_parts(resource)[1] or self._by_provider.get(resource.provider_reference, self._only)

    @staticmethod
    def region(resource: StateResource) -> str:
        """Return the region, empty where it can't be told."""
        if not resource.type.startswith("aws:"):
            return ""
        own = resource.inputs.get("region") or resource.outputs.get("region")
        configured = resource.provider.properties.get("region") if resource.provider is not None else None
        for found in (own, _arn_parts(resource)[0], configured):
            if isinstance(found, str) and found and not wire.is_unknown(found):
                return found
        return ""


def _arn_parts(resource: StateResource) -> tuple[str, str]:
    """Region and account of the ARN; empty texts where it has none."""
    arn = _text(resource.outputs.get("arn"))
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return "", ""
    return parts[3], parts[4] if parts[4].isdigit() else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) and not wire.is_unknown(value) else ""


def facts_of(resource: StateResource, secrets: Secrets) -> dict[str, Any]:
    """Return the chosen properties of a resource; unknown ones as the sentinel, absent ones left out."""
    kept: dict[str, Any] = {}
    kind = canonical(resource.type)
    scope = scopes.of(kind)
    for key in (*FACTS.get(kind, ()), *(scope.key if scope is not None else ())):
        value = resource.inputs.get(key)
        if value is None:
            value = resource.outputs.get(key)
        if value is None:
            continue
        found = _unseen(clean(value, secrets), value)
        kept[key] = _redacted(found, secrets)
    if resource.type == REFERENCE and isinstance(resource.outputs.get("outputs"), dict):
        # Names and digests: what the other stack exported when this one was deployed last.
        kept["outputs"] = {name: digest_of(value) for name, value in resource.outputs["outputs"].items()}
    return kept


def digest_of(value: Any) -> str:
    """Return what tells one harmless value from another; empty for one that may be secret or is not known.

    Only of numbers, networks and identities: the digest of a weak password gives it away.
    """
    if not _harmless(value, set(), Secrets()):
        return ""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _unseen(cleaned: Any, value: Any) -> Any:
    """A secret is unknown to whoever reads the tables."""
    return wire.UNKNOWN_STRING if wire.signature(value) == wire.SECRET else cleaned


def _redacted(value: Any, secrets: Secrets) -> Any:
    if isinstance(value, str):
        return secrets.redact(value, words=True)
    if isinstance(value, dict):
        return {key: _redacted(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, secrets) for item in value]
    return value


def physical_name(resource: StateResource) -> str:
    """Return the name in AWS, empty where the type has none or it is not known."""
    naming = names.of(canonical(resource.type))
    if naming is None:
        return ""
    found = _text(resource.outputs.get(naming.property)) or _text(resource.inputs.get(naming.property))
    parents = [_text(resource.inputs.get(parent)) for parent in naming.parents]
    return "/".join([*parents, naming.key(found)]) if found and all(parents) else ""


def mentions_of(resource: StateResource) -> list[str]:
    """Return the ids and ARNs in a resource's inputs, each as ``path=value``; secrets are not looked into."""
    own = {resource.id, _text(resource.outputs.get("arn"))}
    found: dict[str, None] = {}
    for path, text in _texts(resource.inputs, ""):
        if len(found) >= MOST_MENTIONS:
            break
        if "arn:aws" in text:
            for arn in _ARN.findall(text):
                if arn not in own:
                    found[f"{path}={arn}"] = None
        elif len(text) <= 36 and "-" in text and (_ID.match(text) or _UUID.match(text)) and text not in own:
            found[f"{path}={text}"] = None
    return list(found)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, str):
            yield (f"{path}.{key}" if path else str(key)) if isinstance(key, str) else f"{path}[{key}]", item
        elif isinstance(item, (dict, list)) and wire.signature(item) is None:
            if isinstance(key, str) and key[:2] == "__":
                continue
            yield from _texts(item, (f"{path}.{key}" if path else key) if isinstance(key, str) else f"{path}[{key}]")


def exports_of(resources: Sequence[StateResource], secrets: Secrets) -> list[tuple[str, Any]]:
    """Return the stack's outputs: a value only where it is an identity, a network, a number or the like.

    Everything else may be a secret that nobody marked; ``None`` stands for it.
    """
    root = next((found for found in resources if found.type == ROOT), None)
    if root is None:
        return []
    identities = {
        text
        for resource in resources
        if resource.custom
        for text in (resource.id, _text(resource.outputs.get("arn")), physical_name(resource))
        if text
    }
    return [
        (name, value if _harmless(value, identities, secrets) else None)
        for name, value in root.outputs.items()
        if name[:2] != "__"
    ]


def _harmless(value: Any, identities: set[str], secrets: Secrets) -> bool:
    if isinstance(value, (bool, int)):
        return secrets.redact(str(value), words=True) == str(value)
    if isinstance(value, str):
        if secrets.redact(value, words=True) != value:
            return False
        return value in identities or is_identity(value) or _EXPORTED.match(value) is not None
    if isinstance(value, list):
        return len(value) <= 64 and all(_harmless(item, identities, secrets) for item in value)
    return False


def imports_of(resources: Sequence[StateResource]) -> dict[str, bool]:
    """Return the full names of the stacks that a program refers to, and whether the reference could be read."""
    found: dict[str, bool] = {}
    for resource in resources:
        if resource.type == REFERENCE and not resource.delete:
            name = _text(resource.inputs.get("name")) or _text(resource.outputs.get("name")) or resource.id
            if name:
                found[name] = isinstance(resource.outputs.get("outputs"), dict)
    return found


def tags_of(resource: StateResource) -> dict[str, str]:
    """Return the tags as AWS has them, without those of AWS and of exemptions."""
    tags = resource.outputs.get("tagsAll") or resource.inputs.get("tagsAll") or resource.inputs.get("tags")
    if not isinstance(tags, dict):
        return {}
    return {
        key: value
        for key, value in tags.items()
        if isinstance(value, str) and not wire.is_unknown(value) and not key.startswith(("aws:", "preflight:"))
    }
