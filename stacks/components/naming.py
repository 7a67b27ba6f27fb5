"""Physical names: one function of project, purpose and environment, cut safely to the limit of each kind of resource.

The pattern is `{project}-{purpose}-{environment}`, and `{project}-{purpose}-{environment}-{account}` where a name has
to be
unique in the whole partition. The environment (and account) always survives, so that a second environment never
collides; a long
project or purpose is cut and replaced by six hexadecimal digits of its hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

DIGEST_LENGTH = 6
"""Hexadecimal digits of SHA-256 that stand for what was cut off: 16.7 million values, for names that already share a
prefix."""


@dataclass(frozen=True)
class NameRule:
    """What AWS takes as a name of `what`: at most `limit` characters, and whether all accounts share the names."""

    what: str
    limit: int
    is_global: bool = False


class Kind(Enum):
    """Kinds of names with their limits in characters, each from the service's API reference or quota page."""

    BUCKET = NameRule("bucket", 63, is_global=True)  # Amazon S3, "General purpose bucket naming rules"
    LOAD_BALANCER = NameRule("load balancer", 32)  # ELB API, CreateLoadBalancer
    TARGET_GROUP = NameRule("target group", 32)  # ELB API, CreateTargetGroup
    CACHE = NameRule("cache", 40)  # ElastiCache API, CreateReplicationGroup
    CACHE_USER = NameRule("cache user", 40)  # ElastiCache API, CreateUser
    BACKUP = NameRule("backup", 50)  # AWS Backup API, vault, plan and selection names
    DATABASE = NameRule("database", 63)  # RDS API, CreateDBCluster, CreateDBInstance
    ROLE = NameRule("role", 64)  # IAM quotas
    FUNCTION = NameRule("function", 64)  # Lambda API, CreateFunction
    EVENT_RULE = NameRule("event rule", 64)  # EventBridge API, PutRule
    QUEUE = NameRule("queue", 80)  # SQS API, CreateQueue
    POLICY = NameRule("policy", 128)  # IAM quotas
    TRAIL = NameRule("trail", 128)  # CloudTrail API, CreateTrail
    STREAM = NameRule("stream", 128)  # Kinesis API, CreateStream
    STAGE = NameRule("stage", 128)  # API Gateway API, CreateStage
    WEB_ACL = NameRule("web acl", 128)  # WAF API, CreateWebACL
    SECURITY_GROUP = NameRule("security group", 255)  # EC2 API, CreateSecurityGroup
    CLUSTER = NameRule("cluster", 255)  # ECS API, CreateCluster; also services and task definition families
    TABLE = NameRule("table", 255)  # DynamoDB API, CreateTable
    ALARM = NameRule("alarm", 255)  # CloudWatch API, PutMetricAlarm; also dashboards
    GROUP = NameRule("group", 255)  # RDS and ElastiCache API, subnet and parameter groups
    TOPIC = NameRule("topic", 256)  # SNS API, CreateTopic
    ALIAS = NameRule("alias", 250)  # KMS API, CreateAlias, without the prefix "alias/"
    REPOSITORY = NameRule("repository", 256)  # ECR API, CreateRepository
    SECRET = NameRule("secret", 512)  # Secrets Manager API, CreateSecret
    TAG = NameRule("tag", 256)  # value of the tag Name

    @property
    def what(self) -> str:
        """The kind in words."""
        return self.value.what

    @property
    def limit(self) -> int:
        """Most characters that the name may have."""
        return self.value.limit

    @property
    def is_global(self) -> bool:
        """Whether all accounts of the partition share the names, so that the account id belongs into it."""
        return self.value.is_global


ACCOUNT_LENGTH = 12
SHORTEST_HEAD = 3


def room_for_environment(kind: Kind) -> int:
    """Characters that a name of this kind leaves to the environment, beside a cut head, its digest and the
    separators."""
    account = 1 + ACCOUNT_LENGTH if kind.is_global else 0
    return kind.limit - SHORTEST_HEAD - 1 - DIGEST_LENGTH - 1 - account


MAX_ENVIRONMENT_LENGTH = min(room_for_environment(kind) for kind in Kind)
"""21: the environment's share of the tightest names, those of load balancers and target groups."""
MAX_PROJECT_LENGTH = 40
"""Keeps log group and parameter paths, which are not cut, far below their limits."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of one environment in one account. `project`, `environment`: lower-case, as `StackConfig` has
    checked."""

    project: str
    environment: str
    account_id: str

    def physical(self, purpose: str, kind: Kind) -> str:
        """The name of the resource with this purpose (lower case, hyphens), at most `kind.limit` characters long.

        Raises `ValueError` when the environment alone doesn't fit.
        """
        head = f"{self.project}-{purpose}".replace("_", "-")
        tail = f"-{self.environment}-{self.account_id}" if kind.is_global else f"-{self.environment}"
        if len(head) + len(tail) <= kind.limit:
            return head + tail
        room = kind.limit - len(tail) - 1 - DIGEST_LENGTH
        if room < SHORTEST_HEAD:
            raise ValueError(
                f"environment {self.environment!r} doesn't fit a {kind.what} name of {kind.limit} characters"
            )
        digest = hashlib.sha256(head.encode()).hexdigest()[:DIGEST_LENGTH]
        return f"{head[:room].rstrip('-')}-{digest}{tail}"

    def path(self, purpose: str) -> str:
        """The hierarchical name of a log group or parameter: `/{project}/{environment}/{purpose}`."""
        return f"/{self.project}/{self.environment}/{purpose}"
