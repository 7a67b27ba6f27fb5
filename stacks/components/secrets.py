"""A secret that a function of one's own rotates."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.functions import PythonFunction
from components.keys import EncryptionKey
from components.naming import Kind
from components.policies import Statement, allow
from components.scope import Component, Scope


class ManagedSecret(Component):
    """An encrypted secret with a first value. What rotates it comes later: see `RotationSchedule`."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        description: str,
        key: EncryptionKey,
        first_value: pulumi.Input[str],
        recovery_days: int = 30,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        first_value: JSON text. Later values belong to the rotation, so that an update of the stack never writes it
            again.
        recovery_days: 7 to 30 days that a deleted secret can be restored and its name stays taken; 0 deletes at once.
        """
        super().__init__("reference:secrets:ManagedSecret", name, scope=scope, opts=opts)
        self.secret_name = self.physical(name, Kind.SECRET)
        self.secret = aws.secretsmanager.Secret(
            name,
            name=self.secret_name,
            description=description,
            kms_key_id=key.arn,
            recovery_window_in_days=recovery_days,
            tags=self.named(self.secret_name),
            opts=self.inside(depends_on=key.ready),
        )
        self.version = aws.secretsmanager.SecretVersion(
            name,
            secret_id=self.secret.id,
            secret_string=pulumi.Output.secret(first_value),
            opts=self.inside(ignore_changes=["secretString"]),
        )
        self.key = key
        self.arn = self.secret.arn
        self.known_arn_pattern = scope.arn("secretsmanager", f"secret:{self.secret_name}-??????")
        """Matches the ARN, which ends in six random characters; known at preview."""
        self.register_outputs({"arn": self.arn})

    def reading(self) -> Statement:
        """An IAM statement that lets a role read the secret; it needs `key.usage(encrypt=False)` too."""
        return allow(["secretsmanager:GetSecretValue"], [self.known_arn_pattern])

    def rotating(self) -> Statement:
        """An IAM statement with what the four rotation steps need (Secrets Manager, "Lambda rotation function
        execution role")."""
        return allow(
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            [self.known_arn_pattern],
        )


class RotationSchedule(Component):
    """Lets Secrets Manager call a function that rotates a secret, in the order that the first rotation needs."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        secret: ManagedSecret,
        function: PythonFunction,
        every_days: int,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        function: implements createSecret, setSecret, testSecret and finishSecret, may use `secret.rotating()`, and
            reaches Secrets
            Manager and the database.
        every_days: 1 to 1000; the first rotation follows at once.
        after: what that first rotation needs beside them: the way to Secrets Manager and the database, and the
            database itself. Components stand for all that they hold.
        """
        super().__init__("reference:secrets:RotationSchedule", name, scope=scope, opts=opts)
        permission = function.allow_invocation(
            f"rotates-{name}", service="secretsmanager.amazonaws.com", source_arn=secret.arn
        )
        aws.secretsmanager.SecretRotation(
            name,
            secret_id=secret.secret.id,
            rotation_lambda_arn=function.arn,
            rotation_rules={"automatically_after_days": every_days},
            opts=self.inside(depends_on=[permission, secret.version, *function.role.ready, *after]),
        )
        self.register_outputs({})
