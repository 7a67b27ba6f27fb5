"""The database login of the pipeline, which a function of its own renews."""

import json
from pathlib import Path

import pulumi

from components.database import DatabaseInstance
from components.functions import PythonFunction
from components.keys import EncryptionKey
from components.network import Network
from components.policies import allow
from components.scope import Component, Scope
from components.secrets import ManagedSecret, RotationSchedule
from components.security import SecurityGroup

CODE = Path(__file__).with_name("functions")


class DatabaseLogin(Component):
    """A secret with a user of the database, and the four-step function that rotates it between two users.

    The first rotation follows the deployment at once; it makes the users, and until then the secret holds no password.
    """

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        network: Network,
        security_group: SecurityGroup,
        database: DatabaseInstance,
        database_name: str,
        key: EncryptionKey,
        log_retention_days: int,
        every_days: int,
        recovery_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        security_group: reaches the database and the endpoint of Secrets Manager.
        key: encrypts the secret, and the master's secret that RDS keeps.
        every_days: days between rotations.
        recovery_days: 7 to 30 days that the deleted secret can be restored; 0 deletes it at once.
        """
        super().__init__("reference:data:DatabaseLogin", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.secret = ManagedSecret(
            name,
            scope=scope,
            description=f"User of {database.identifier} for the processor, rotated every {every_days} days",
            key=key,
            first_value=json.dumps({"engine": "postgres", "dbname": database_name}),
            recovery_days=recovery_days,
            opts=parent,
        )
        self.function = PythonFunction(
            f"{name}-rotation",
            scope=scope,
            description=f"Rotates the secret {self.secret.secret_name}",
            code=CODE,
            handler="pipeline.rotation.handle",
            timeout_seconds=60,
            memory_mib=256,
            concurrency=1,
            subnet_ids=network.private_subnet_ids,
            security_group=security_group,
            key=key,
            log_key=key,
            log_retention_days=log_retention_days,
            environment={
                "DATABASE_HOST": database.host,
                "DATABASE_NAME": database_name,
                "DATABASE_PORT": str(database.port),
                "MASTER_SECRET_ARN": database.secret_arn,
            },
            statements=[
                self.secret.rotating(),
                allow(["secretsmanager:GetRandomPassword"], ["*"]),  # it has no resource to narrow it to
                allow(["secretsmanager:GetSecretValue"], [database.secret_arn]),
            ],
            opts=parent,
        )
        RotationSchedule(
            name,
            scope=scope,
            secret=self.secret,
            function=self.function,
            every_days=every_days,
            after=[network, database],
            opts=parent,
        )
        self.register_outputs({"secret_arn": self.secret.arn})
