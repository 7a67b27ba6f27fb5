"""The processor of transactions, with the queue that it comes back to and the queue where it gives up."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.database import DatabaseInstance
from components.functions import PythonFunction, Queue
from components.keys import EncryptionKey
from components.network import Network
from components.policies import allow
from components.scope import Component, Scope
from components.secrets import ManagedSecret
from components.security import SecurityGroup
from components.storage import SecureBucket

CODE = Path(__file__).with_name("functions")
TIMEOUT_SECONDS = 25
"""Below the 29 seconds that API Gateway waits for an answer."""
RETRIES_AT_A_TIME = 2
"""Least that an event source can be limited to; leaves the rest of the concurrency to requests."""


class TransactionProcessor(Component):
    """A function that stores transactions in a bucket and a database, now or later.

    What it can't store at once it puts on the retry queue, which calls it again; after five times a message is among
    the dead letters.
    """

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        network: Network,
        security_group: SecurityGroup,
        documents: SecureBucket,
        database: DatabaseInstance,
        database_name: str,
        login: ManagedSecret,
        key: EncryptionKey,
        log_retention_days: int,
        memory_mib: int,
        concurrency: int,
        attempts: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        security_group: reaches the database and the endpoints of S3, Secrets Manager and SQS.
        login: names the database user, see `DatabaseLogin`.
        key: encrypts queues, logs and environment, and the documents and the login.
        concurrency: requests at a time, at least 3.
        attempts: tries before a transaction goes to the retry queue.
        """
        super().__init__("reference:data:TransactionProcessor", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.dead_letters = Queue(f"{name}-dead", scope=scope, key=key, opts=parent)
        self.retries = Queue(
            f"{name}-retries",
            scope=scope,
            key=key,
            visibility_timeout_seconds=6 * TIMEOUT_SECONDS,
            dead_letters=self.dead_letters,
            receives_before_dead=5,
            opts=parent,
        )
        self.function = PythonFunction(
            name,
            scope=scope,
            description="Stores transactions",
            code=CODE,
            handler="pipeline.processor.handle",
            timeout_seconds=TIMEOUT_SECONDS,
            memory_mib=memory_mib,
            concurrency=concurrency,
            subnet_ids=network.private_subnet_ids,
            security_group=security_group,
            key=key,
            log_key=key,
            log_retention_days=log_retention_days,
            environment={
                "ATTEMPTS": str(attempts),
                "BUCKET": documents.bucket_name,
                "DATABASE_HOST": database.host,
                "DATABASE_NAME": database_name,
                "DATABASE_PORT": str(database.port),
                "RETRY_QUEUE_URL": self.retries.url,
                "SECRET_ARN": login.arn,
            },
            statements=[
                documents.objects("s3:PutObject"),
                login.reading(),
                allow(
                    [
                        "sqs:SendMessage",
                        "sqs:ReceiveMessage",
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes",
                    ],
                    [self.retries.known_arn],
                ),
            ],
            dead_letters=self.dead_letters,
            opts=parent,
        )
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=self.retries.arn,
            function_name=self.function.arn,
            batch_size=5,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": RETRIES_AT_A_TIME},
            tags=self.named(self.function.function_name),
            opts=self.inside(depends_on=self.function.role.ready),
        )
        self.register_outputs({"function_arn": self.function.arn})
