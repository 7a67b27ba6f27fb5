"""Security: the keys, and the boundary that no role of this stack can leave."""

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey, KeyUser
from components.naming import Kind
from components.policies import allow, deny, document
from components.scope import Component, Scope

REACHABLE = (
    "backup", "cloudwatch", "dynamodb", "ecr", "logs", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm", "tag",
    "xray",
)  # fmt: skip
"""Services that roles of this stack may be allowed to call, beside KMS with its own keys. IAM, STS and CloudTrail are
not among them."""
KEYS = ("data", "logs", "trail", "replica")
"""Names of the keys, the last of them in the replica Region; their aliases tell them from other keys."""
NETWORK_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:Describe*",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does in a VPC in the name of a function's role."""
NEVER = (
    "backup:DeleteBackupVault*",
    "dynamodb:DeleteTable",
    "kms:DisableKey*",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "logs:DeleteLogGroup",
    "logs:DeleteLogStream",
    "rds:DeleteDBCluster",
    "rds:DeleteDBInstance",
    "s3:DeleteBucket*",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "sns:DeleteTopic",
    "ssm:PutParameter",
)
"""What would weaken encryption, backups or evidence. AWS Backup may still delete its expired snapshots; what a failed
restore leaves behind is for a person to delete."""


class PermissionsBoundary(Component):
    """A managed policy that caps what every role of the stack can be allowed, whatever its own policies say.

    A boundary grants nothing (IAM User Guide, "Permissions boundaries for IAM entities").
    """

    def __init__(self, name: str, *, scope: Scope, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("reference:payments:PermissionsBoundary", name, scope=scope, opts=opts)
        policy_name = self.physical(name, Kind.POLICY)
        aliases = {"kms:ResourceAliases": [f"alias/{self.physical(key, Kind.ALIAS)}" for key in KEYS]}
        policy = aws.iam.Policy(
            name,
            name=policy_name,
            description="Caps every role of the payments stack",
            policy=document(
                [
                    allow([f"{service}:*" for service in REACHABLE], ["*"], sid="ServicesOfTheStack"),
                    allow(["kms:*"], ["*"], sid="KeysOfTheStack", conditions={"ForAnyValue:StringLike": aliases}),
                    allow(NETWORK_INTERFACES, ["*"], sid="NetworkInterfaces"),
                    deny(NEVER, ["*"], sid="NothingWeakened"),
                ]
            ),
            tags=self.named(policy_name),
            opts=self.inside(),
        )
        self.arn = policy.arn
        self.register_outputs({"arn": self.arn})


class Security(Component):
    """One key per purpose, each with the grants of the services that use it, and the permissions boundary."""

    def __init__(self, name: str, *, scope: Scope, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("reference:payments:Security", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.data_key = EncryptionKey(
            "data", scope=scope, purpose="Payments: database, table, receipts, images, backups", opts=parent
        )
        self.log_key = EncryptionKey(
            "logs",
            scope=scope,
            purpose="Log groups, alarms and compliance events",
            used_by=[KeyUser.LOGS, KeyUser.ALARMS, KeyUser.EVENTS],
            opts=parent,
        )
        self.trail_key = EncryptionKey(
            "trail", scope=scope, purpose="Audit trail", used_by=[KeyUser.CLOUDTRAIL], opts=parent
        )
        self.boundary = PermissionsBoundary("boundary", scope=scope, opts=parent)
        self.boundary_arn = self.boundary.arn
        self.register_outputs({"boundary_arn": self.boundary_arn})
