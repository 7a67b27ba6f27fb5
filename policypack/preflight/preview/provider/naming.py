"""The physical names that pulumi-aws makes up for resources whose program doesn't give one.

Source: pulumi-aws ``provider/resources.go`` (the name rules of each type) and pulumi-terraform-bridge
``pkg/tfbridge/info/autonaming.go`` (how a rule is applied). The random part comes from a seed here, so that two
previews agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from preflight.facts.schema import ResourceSchema

_HEX: Final = "0123456789abcdef"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class NameRefused(Exception):
    """A name can't be made; the message is the provider's."""


@dataclass(frozen=True)
class NameRule:
    """How a type's name is made: resource name, separator, `random_length` characters of `charset`, at most `longest`
    in all.

    `longest` 0 means no limit; `finish` sees the inputs and the name, and may add to it (which the limit doesn't
    count).
    """

    property: str = "name"
    longest: int = 255
    separator: str = "-"
    random_length: int = 7
    charset: str = _HEX
    lower: bool = False
    finish: Callable[[Mapping[str, Any], str], str] | None = None


def _fifo(flag: str) -> Callable[[Mapping[str, Any], str], str]:
    return lambda inputs, name: f"{name}.fifo" if inputs.get(flag) is True else name


def _alias(_: Mapping[str, Any], name: str) -> str:
    return name if name.startswith("alias/") else f"alias/{name}"


_USUAL: Final = NameRule()
_GLUE: Final = NameRule(longest=0, separator="_", random_length=8, charset=_LETTERS, lower=True)
_LEX: Final = NameRule(longest=0, separator="_", random_length=8, charset=_LETTERS)
_BUCKET: Final = NameRule("bucket", 63, lower=True)
_OBJECT_KEY: Final = NameRule("key", 0, separator="", random_length=0)

RULES: Final[Mapping[str, NameRule | None]] = {
    "aws:athena/database:Database": NameRule(separator="_"),
    "aws:cloudwatch/eventRule:EventRule": NameRule(longest=64),
    "aws:cloudwatch/eventTarget:EventTarget": NameRule("targetId"),
    "aws:codedeploy/deploymentConfig:DeploymentConfig": NameRule("deploymentConfigName", 100, separator="_"),
    "aws:directoryservice/directory:Directory": None,
    "aws:ec2/keyPair:KeyPair": NameRule("keyName"),
    "aws:efs/fileSystem:FileSystem": NameRule("creationToken"),
    "aws:eks/fargateProfile:FargateProfile": NameRule("fargateProfileName"),
    "aws:eks/nodeGroup:NodeGroup": NameRule("nodeGroupName"),
    "aws:elasticache/cluster:Cluster": NameRule("clusterId", 50, lower=True),
    "aws:elasticache/replicationGroup:ReplicationGroup": NameRule("replicationGroupId", 40, lower=True),
    "aws:elasticbeanstalk/environment:Environment": NameRule(longest=40),
    "aws:elasticsearch/domain:Domain": NameRule("domainName", 28, lower=True),
    "aws:glue/catalogDatabase:CatalogDatabase": _GLUE,
    "aws:glue/catalogTable:CatalogTable": _GLUE,
    "aws:iam/role:Role": NameRule(longest=64),
    "aws:iot/topicRule:TopicRule": NameRule(longest=0, separator="_", random_length=0),
    "aws:kms/alias:Alias": NameRule(longest=238, finish=_alias),
    "aws:lambda/function:Function": NameRule(longest=64),
    "aws:lambda/permission:Permission": NameRule("statementId", 100),
    "aws:lb/targetGroup:TargetGroup": NameRule(longest=32),
    "aws:lex/bot:Bot": _LEX,
    "aws:lex/botAlias:BotAlias": _LEX,
    "aws:lex/intent:Intent": _LEX,
    "aws:lex/slotType:SlotType": _LEX,
    "aws:mq/broker:Broker": NameRule("brokerName", 55),
    "aws:msk/cluster:Cluster": NameRule("clusterName"),
    "aws:msk/serverlessCluster:ServerlessCluster": NameRule("clusterName"),
    "aws:opensearch/domain:Domain": NameRule("domainName"),
    "aws:rds/instance:Instance": NameRule("identifier", separator=""),
    "aws:route53/record:Record": None,
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketObject:BucketObject": _OBJECT_KEY,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT_KEY,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:sns/topic:Topic": NameRule(longest=80, finish=_fifo("fifoTopic")),
    "aws:sqs/queue:Queue": NameRule(longest=80, finish=_fifo("fifoQueue")),
}
"""The types whose rule is not the usual one: their ``name`` property, up to 255 characters. None: never named."""

_SQL_SERVER: Final = NameRule("identifier", 15, separator="", random_length=3)

INLINE_POLICY: Final = NameRule(longest=128)
"""The rule for ``Role.inlinePolicies[].name``, the one nested property with a made-up name."""


def rule_for(type_token: str, inputs: Mapping[str, Any], schema: ResourceSchema) -> NameRule | None:
    """The rule that names this resource; None when it gets no name, or the program gave one (or a prefix)."""
    rule = RULES.get(type_token, _USUAL)
    if type_token == "aws:rds/instance:Instance" and "sqlserver" in str(inputs.get("engine", "")).lower():
        rule = _SQL_SERVER
    if rule is None or inputs.get(rule.property) is not None or inputs.get(f"{rule.property}Prefix") is not None:
        return None
    found = schema.inputs.get(rule.property)
    # The SDK makes a named property optional; one that stayed required isn't named.
    if found is None or found.type.base != "str" or rule.property in schema.required:
        return None
    return rule


def make_name(rule: NameRule, type_token: str, name: str, inputs: Mapping[str, Any], seed: str) -> str:
    """The made-up name for the resource `name`; the same for the same seed.

    Raises `NameRefused` when it would be longer than the provider allows.
    """
    base = name.lower() if rule.lower else name
    if rule.random_length:
        base += rule.separator
        if rule.longest and len(base) + rule.random_length > rule.longest:
            raise NameRefused(
                f"could not make instance of '{type_token}': name '{base}' plus {rule.random_length} random chars "
                f"is longer than maximum length {rule.longest}"
            )
        base += random_text(f"{seed}|{type_token}|{name}|{rule.property}", rule.random_length, rule.charset)
    return rule.finish(inputs, base) if rule.finish is not None else base


def random_text(seed: str, length: int, charset: str = _HEX) -> str:
    """`length` characters of `charset` that depend on nothing but the seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(charset[byte % len(charset)] for byte in digest[:length])
