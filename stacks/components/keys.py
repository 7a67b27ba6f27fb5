"""Customer-managed KMS keys, with the grants of the services that use them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import pulumi
import pulumi_aws as aws

from components.naming import Kind
from components.policies import Statement, allow, document
from components.scope import Component, Scope

USE = ("kms:Decrypt", "kms:GenerateDataKey*")
ENCRYPT_AND_USE = ("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*")


class KeyUser(Enum):
    """AWS services that use a key in their own name and therefore need a statement in its policy.

    Services that use a key in the name of a caller (S3, RDS, ECS, Lambda, Secrets Manager, DynamoDB) need none: the
    caller's own IAM
    permission counts, because the policy delegates to IAM.
    """

    LOGS = "CloudWatch Logs: log groups"
    CLOUDTRAIL = "CloudTrail: log files"
    ALARMS = "CloudWatch: alarms that publish to a topic"
    EVENTS = "EventBridge: rules that send to a queue or topic"
    SNS = "SNS: topics that deliver to a queue"
    S3_EVENTS = "S3: event notifications to a queue or topic"


def user_statement(user: KeyUser, scope: Scope) -> Statement:
    """The key policy's statement for one service, narrowed to this account by the condition that the service documents.

    Sources: CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"; CloudTrail User Guide, "Configure AWS KMS
    key policies";
    SNS Developer Guide, "Enable compatibility between event sources and encrypted topics"; EventBridge User Guide,
    "Configure KMS
    permissions for queues"; S3 User Guide, "Granting permissions to publish event notification messages".
    """
    account = {"StringEquals": {"aws:SourceAccount": scope.account_id}}
    log_groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": scope.arn("logs", "log-group:*")}}
    trails = f"arn:{scope.partition}:cloudtrail:*:{scope.account_id}:trail/*"
    trail_files = {
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
        "ArnLike": {"aws:SourceArn": trails},
    }
    service, actions, conditions = {
        KeyUser.LOGS: (f"logs.{scope.region}.amazonaws.com", ENCRYPT_AND_USE, log_groups),
        KeyUser.CLOUDTRAIL: ("cloudtrail.amazonaws.com", ("kms:GenerateDataKey*", "kms:DescribeKey"), trail_files),
        KeyUser.ALARMS: ("cloudwatch.amazonaws.com", USE, account),
        KeyUser.EVENTS: ("events.amazonaws.com", USE, account),
        KeyUser.SNS: ("sns.amazonaws.com", USE, account),
        KeyUser.S3_EVENTS: ("s3.amazonaws.com", USE, account),
    }[user]
    sid = "".join(part.capitalize() for part in user.name.split("_"))
    return allow(actions, ["*"], sid=f"Use{sid}", principal={"Service": service}, conditions=conditions)


class EncryptionKey(Component):
    """A symmetric key with yearly rotation, an alias, and the grants of the services in `used_by` in its policy."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        purpose: str,
        used_by: Sequence[KeyUser] = (),
        statements: Sequence[Statement] = (),
        separate_policy: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        purpose: what the key encrypts; becomes its description.
        used_by: services that need the key in their own name.
        statements: further statements of the key policy.
        separate_policy: keep the policy in a `KeyPolicy` beside the key, for statements that name resources which the
            key itself
            encrypts. Users then have to wait for `ready`, as all components here do.
        """
        super().__init__("reference:keys:EncryptionKey", name, scope=scope, opts=opts)
        # Delegates to IAM and keeps the key manageable, as the default policy does (KMS, "Default key policy").
        owner = allow(["kms:*"], ["*"], sid="AccountManages", principal={"AWS": scope.global_arn("iam", "root")})
        policy = document([owner, *(user_statement(user, scope) for user in used_by), *statements])
        alias = self.physical(name, Kind.ALIAS)
        self.key = aws.kms.Key(
            name,
            description=purpose,
            enable_key_rotation=True,
            rotation_period_in_days=365,
            deletion_window_in_days=30,
            policy=None if separate_policy else policy,
            tags=self.named(alias),
            opts=self.inside(),
        )
        self.ready: list[pulumi.Resource] = []
        """What a resource that the key encrypts depends on beside the key."""
        if separate_policy:
            self.ready.append(aws.kms.KeyPolicy(name, key_id=self.key.id, policy=policy, opts=self.inside()))
        aws.kms.Alias(name, name=f"alias/{alias}", target_key_id=self.key.id, opts=self.inside())
        self.arn = self.key.arn
        self.register_outputs({"arn": self.arn})

    def usage(self, *, encrypt: bool = True) -> Statement:
        """An IAM statement that lets a role decrypt with this key and, unless `encrypt` is off, encrypt new data under
        it."""
        actions = ["kms:Decrypt", "kms:DescribeKey", *(["kms:Encrypt", "kms:GenerateDataKey"] if encrypt else [])]
        return allow(actions, [self.arn], sid="UseKey" + "".join(part.capitalize() for part in self.name.split("-")))
